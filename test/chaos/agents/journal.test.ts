import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '@skein/testkit';
import { Journal, readJournal } from './journal.ts';

test('a journal keeps every call and its end, over the death of its process', async () => {
  await using directory = await temporaryDirectory('journal');
  const path = join(directory.path, 'agents.jsonl');
  const first = new Journal(path);
  const end = first.call('run/node/1', 1);
  first.call('run/node/1', 2);
  end('answered');
  end('failed');
  // A process that was killed in the middle of a line.
  await appendFile(path, '{"what":"call","at":1,"id":"half');
  const second = new Journal(path);
  second.call('run/node/2', 1);
  const calls = await readJournal(path);
  assert.deepEqual(
    calls.map(({ runId, nodeId, attempt, dispatch, end: how }) => [runId, nodeId, attempt, dispatch, how]),
    [
      ['run', 'node', 1, 1, 'answered'],
      ['run', 'node', 1, 2, 'killed'],
      ['run', 'node', 2, 1, undefined],
    ],
  );
  for (const { startedAtMs, endedAtMs } of calls) assert.ok(startedAtMs <= (endedAtMs ?? Date.now()));
});
