import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KernelRun } from '../testing/kernel-run.ts';
import { Payload } from './payload.ts';

const beat = (dispatch: number, done: number, attempt = 1) =>
  ({
    kind: 'task_heartbeat',
    key: { nodeId: 'copy', attempt, dispatch },
    resumeDetails: Payload.fromValue({ done }),
  }) as const;

test('how far a task has come is kept for its next delivery and its next attempt', () => {
  const run = new KernelRun({
    nodes: [{ id: 'copy', type: 'agent', agent_id: 'copier', retry: { max_attempts: 2, initial: '1s' } }],
  });
  assert.deepEqual(run.apply(beat(1, 3)), ['task_heartbeat']);
  assert.deepEqual(run.apply(beat(1, 3)), [], 'what is known is not stored again');
  run.apply({ kind: 'lose_dispatch', key: { nodeId: 'copy', attempt: 1, dispatch: 1 }, reason: 'executor_lost' });
  assert.deepEqual(run.node('copy').resumeDetails?.value, { done: 3 });
  assert.deepEqual(run.apply(beat(1, 9)), [], 'a delivery that was replaced has nothing to say');
  run.apply(beat(2, 5));
  run.ends('copy', { code: 'FULL', retryable: true });
  run.nextTimer();
  assert.deepEqual(run.node('copy').resumeDetails?.value, { done: 5 });
  run.ends('copy', { output: 'copied' });
  assert.deepEqual(run.end, ['DONE', 'copied']);
});
