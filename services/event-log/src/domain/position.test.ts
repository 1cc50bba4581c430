import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidCursorError, START, decodePosition, encodePosition } from './position.ts';

const RUN = { namespace: 'default', runId: '01890a5d-ac96-774b-bcce-b302099a8057' };

const count = fc.nat();
const nodeId = fc.string({ unit: 'grapheme', minLength: 1 });
const open = fc.tuple(nodeId, count, count, count, count).map(([node, attempt, dispatch, taskSeq, offsetBytes]) => {
  return { nodeId: node, attempt, dispatch, taskSeq, offsetBytes };
});

test('every position comes back from its token', () => {
  fc.assert(
    fc.property(count, fc.array(open), (seq, dispatches) => {
      const position = { seq, open: dispatches };
      assert.deepEqual(decodePosition(encodePosition(position, RUN, 'list'), RUN, 'list'), position);
    }),
  );
});

test('a token is good for its own list of its own run alone', () => {
  const token = encodePosition({ seq: 7, open: [] }, RUN, 'list');
  const others = [
    [{ ...RUN, namespace: 'other' }, 'list'],
    [{ ...RUN, runId: '01890a5d-ac96-774b-bcce-b302099a8058' }, 'list'],
    [RUN, 'follow'],
  ] as const;
  for (const [run, list] of others) assert.throws(() => decodePosition(token, run, list), InvalidCursorError);
});

test('whatever is no token is refused, and so is one that was changed', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.throws(() => decodePosition(text, RUN, 'list'), InvalidCursorError);
    }),
  );
  const bytes = Buffer.from(encodePosition({ seq: 7, open: [] }, RUN, 'list'), 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    assert.throws(() => decodePosition(changed.toString('base64url'), RUN, 'list'), InvalidCursorError);
  }
  assert.throws(() => decodePosition('A'.repeat(300_000), RUN, 'list'), InvalidCursorError);
});

test('the start has a token too', () => {
  assert.deepEqual(decodePosition(encodePosition(START, RUN, 'list'), RUN, 'list'), START);
});
