import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './eventually.ts';

test('returns the first truthy answer; errors count as not yet', async () => {
  let asked = 0;
  const answer = await eventually(
    () => {
      asked += 1;
      if (asked === 1) throw new Error('not yet');
      return asked === 3 ? 'done' : undefined;
    },
    { describe: 'the third question' },
  );
  assert.equal(answer, 'done');
});

test('gives up with what it waited for and the last error', async () => {
  const waiting = eventually(() => Promise.reject(new Error('still closed')), { describe: 'the door', timeoutMs: 5 });
  await assert.rejects(waiting, (error: Error) => {
    assert.match(error.message, /waited 5 ms in vain: the door/);
    assert.match(String(error.cause), /still closed/);
    return true;
  });
});
