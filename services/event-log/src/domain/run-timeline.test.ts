import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { RunEventSchema } from '@skein/contracts/event';
import { timestampOfMs } from '@skein/events';
import { TimelineFold, type Timeline } from './run-timeline.ts';

type What = NonNullable<MessageInitShape<typeof RunEventSchema>['event']>;

const failure = { code: 'FLAKY', message: 'no' };
const key = (attempt: number, dispatch = 1) => ({ nodeId: 'work', attempt, dispatch });

/** Events with the times they happened at. */
function timelineOf(...events: readonly (readonly [atMs: number, event: What])[]): Timeline {
  const fold = new TimelineFold();
  for (const [index, [atMs, event]] of events.entries()) {
    fold.add(create(RunEventSchema, { seq: BigInt(index + 1), occurredAt: timestampOfMs(atMs), event }));
  }
  return fold.timeline;
}

const spansOf = ({ nodes }: Timeline, nodeId = 'work') =>
  nodes
    .find((node) => node.nodeId === nodeId)
    ?.spans.map(({ activity, fromMs, toMs, attempt, failure: why }) =>
      [activity, fromMs, toMs, attempt, ...(why === undefined ? [] : [why.code])].join(' '),
    );

const started = [0, { case: 'runStarted', value: { workflowId: 'w' } }] as const;

test('a node waits for an executor, works, fails, waits for the next attempt, and succeeds', () => {
  const timeline = timelineOf(
    started,
    [0, { case: 'nodeScheduled', value: { nodeId: 'work', attempt: 1 } }],
    [900, { case: 'agentInvokeStarted', value: { ...key(1), startedAt: timestampOfMs(100) } }],
    [1000, { case: 'agentInvokeDone', value: { ...key(1), outcome: { case: 'failure', value: failure } } }],
    [1000, { case: 'nodeRetryScheduled', value: { nodeId: 'work', nextAttempt: 2, failure } }],
    [2000, { case: 'nodeScheduled', value: { nodeId: 'work', attempt: 2 } }],
    [2500, { case: 'llmCallStarted', value: { ...key(2), startedAt: timestampOfMs(2100) } }],
    [2500, { case: 'llmCallDone', value: { ...key(2) } }],
    [2500, { case: 'nodeSucceeded', value: { nodeId: 'work', attempt: 2 } }],
    [2500, { case: 'runDone', value: {} }],
  );
  assert.deepEqual(spansOf(timeline), [
    'QUEUED 0 100 1',
    'RUNNING 100 1000 1 FLAKY',
    'BACKOFF 1000 2000 2',
    'QUEUED 2000 2100 2',
    'RUNNING 2100 2500 2',
  ]);
  const [node] = timeline.nodes;
  assert.deepEqual([node?.attempts, node?.outcome, node?.firstMs, node?.endedMs], [2, 'succeeded', 0, 2500]);
  const { workflowId, startedMs, endedMs, outcome, lastSeq } = timeline;
  assert.deepEqual([workflowId, startedMs, endedMs, outcome, lastSeq], ['w', 0, 2500, 'run_done', 10]);
});

test('L2 the clock of an executor does not turn time around', () => {
  const timeline = timelineOf(
    started,
    [1000, { case: 'nodeScheduled', value: { nodeId: 'work', attempt: 1 } }],
    [2000, { case: 'agentInvokeStarted', value: { ...key(1), startedAt: timestampOfMs(5) } }],
    [3000, { case: 'taskDispatchLost', value: key(1) }],
    [4000, { case: 'agentInvokeStarted', value: { ...key(1, 2), startedAt: timestampOfMs(9_000_000) } }],
    [5000, { case: 'agentInvokeDone', value: key(1, 2) }],
    [5000, { case: 'nodeSucceeded', value: { nodeId: 'work', attempt: 1 } }],
  );
  assert.deepEqual(spansOf(timeline), ['RUNNING 1000 3000 1', 'QUEUED 3000 4000 1', 'RUNNING 4000 5000 1']);
  assert.deepEqual([timeline.outcome, timeline.endedMs], ['', undefined]);
});

test('waits and child runs are told apart, and what is open stays open until the run ends', () => {
  const open = [
    started,
    [0, { case: 'signalAwaited', value: { nodeId: 'work', name: 's' } }],
    [0, { case: 'childRunsStarted', value: { nodeId: 'each', attempt: 1 } }],
    [5, { case: 'childRunsStarted', value: { nodeId: 'each', attempt: 1 } }],
    [6, { case: 'childRunEnded', value: { nodeId: 'each', attempt: 1 } }],
    [7, { case: 'runPaused', value: { nodeId: 'later', reason: '' } }],
    [8, { case: 'nodeSkipped', value: { nodeId: 'skipped' } }],
  ] as const;
  const before = timelineOf(...open);
  assert.deepEqual(spansOf(before), ['WAITING 0  0']);
  assert.deepEqual(spansOf(before, 'each'), ['CHILDREN 0  1']);
  assert.deepEqual(
    before.nodes.map(({ nodeId, outcome }) => [nodeId, outcome]),
    [
      ['work', ''],
      ['each', ''],
      ['skipped', 'skipped'],
    ],
  );
  const after = timelineOf(...open, [20, { case: 'runCancelled', value: { reason: '' } }]);
  assert.deepEqual(spansOf(after), ['WAITING 0 20 0']);
  assert.deepEqual(spansOf(after, 'each'), ['CHILDREN 0 20 1']);
  assert.deepEqual(
    after.nodes.map(({ outcome }) => outcome),
    ['cancelled', 'cancelled', 'skipped'],
  );
});

test('a failure without a call belongs to what went before', () => {
  const timeline = timelineOf(
    started,
    [0, { case: 'nodeScheduled', value: { nodeId: 'work', attempt: 1 } }],
    [100, { case: 'nodeFailed', value: { nodeId: 'work', attempt: 1, failure } }],
    [100, { case: 'runFailed', value: { failure, nodeId: 'work' } }],
  );
  assert.deepEqual(spansOf(timeline), ['QUEUED 0 100 1 FLAKY']);
  assert.equal(timeline.nodes[0]?.outcome, 'failed');
});
