import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError } from '@skein/rpc';
import { deleteRun } from './delete-run.ts';
import type { DeletionOutcome } from './run-retention.ts';

/** Deletes where the store answers these, one after the other, and a pause takes a second. */
async function answerFor(...outcomes: DeletionOutcome[]): Promise<string> {
  let nowMs = 0;
  const dependencies = {
    retention: {
      deleteRun: () => Promise.resolve(outcomes.length > 1 ? (outcomes.shift() ?? gone) : (outcomes[0] ?? gone)),
    },
    pause: () => {
      nowMs += 1000;
      return Promise.resolve();
    },
    monotonicMs: () => nowMs,
  };
  try {
    await deleteRun(dependencies, { namespace: 'default', runId: 'r' });
    return 'deleted';
  } catch (error) {
    return describeError(error).reason;
  }
}

const gone: DeletionOutcome = { kind: 'unknown' };

test('a run that event-log is about to confirm is waited for, a while', async () => {
  assert.equal(await answerFor({ kind: 'unconfirmed' }, { kind: 'unconfirmed' }, { kind: 'deleted' }), 'deleted');
  assert.equal(await answerFor({ kind: 'unconfirmed' }), 'SERVICE_UNAVAILABLE');
});

test('whatever keeps a run has a reason of its own', async () => {
  assert.equal(await answerFor(gone), 'RUN_NOT_FOUND');
  for (const kind of ['open', 'has_open_children'] as const)
    assert.equal(await answerFor({ kind }), 'RUN_NOT_DELETABLE');
  assert.equal(await answerFor({ kind: 'has_parent', parentRunId: 'p' }), 'RUN_NOT_DELETABLE');
});
