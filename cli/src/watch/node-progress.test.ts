import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { RunEventSchema } from '@skein/contracts/event';
import { NodeProgress } from './node-progress.ts';

type Fact = NonNullable<MessageInitShape<typeof RunEventSchema>['event']>;

const DUE = timestampFromDate(new Date('2026-11-06T09:30:00Z'));

/** The lines that people see of these events. */
function linesOf(...facts: Fact[]): string[] {
  const progress = new NodeProgress();
  return facts.flatMap((event) => {
    const line = progress.lineFor(create(RunEventSchema, { event }));
    return line === undefined ? [] : [[line.nodeId, line.state, line.detail].filter(Boolean).join(' ')];
  });
}

test('what a run waits for is said with until when', () => {
  const nodeId = 'n';
  assert.deepEqual(
    linesOf(
      { case: 'waitStarted', value: { nodeId, dueAt: DUE } },
      { case: 'signalAwaited', value: { nodeId, name: 'paid' } },
      { case: 'signalAwaited', value: { nodeId, name: 'paid', dueAt: DUE } },
      { case: 'approvalRequired', value: { nodeId, approvers: ['ada', 'group:board'], expiresAt: DUE } },
      { case: 'approvalRequired', value: { nodeId, expiresAt: DUE } },
      { case: 'approvalEscalated', value: { nodeId } },
    ),
    [
      'n WAITING until 2026-11-06T09:30:00Z',
      'n WAITING for the signal paid',
      'n WAITING for the signal paid, until 2026-11-06T09:30:00Z',
      'n WAITING for ada, group:board to decide, until 2026-11-06T09:30:00Z',
      'n WAITING for somebody to decide, until 2026-11-06T09:30:00Z',
      'n WAITING nobody has decided yet; more people are asked',
    ],
  );
});

test('a map says once how many there are, a loop each time which one', () => {
  const each = { nodeId: 'each', attempt: 1, total: 3 };
  const again = { nodeId: 'again', attempt: 1, total: 9, sequential: true };
  assert.deepEqual(
    linesOf(
      { case: 'childRunsStarted', value: { ...each, firstIndex: 0, childRunIds: ['a', 'b'] } },
      { case: 'childRunsStarted', value: { ...each, firstIndex: 2, childRunIds: ['c'] } },
      { case: 'childRunsStarted', value: { ...again, firstIndex: 0, childRunIds: ['d'] } },
      { case: 'childRunsStarted', value: { ...again, firstIndex: 1, childRunIds: ['e'] } },
    ),
    ['each WAITING 3 child runs', 'again WAITING child run d', 'again WAITING child run e'],
  );
});

test('a success says where it is from', () => {
  const done = (nodeId: string): Fact => ({ case: 'nodeSucceeded', value: { nodeId, nextNodeIds: ['next'] } });
  assert.deepEqual(
    linesOf(
      { case: 'resultReused', value: { nodeId: 'a', fromSeq: 4n } },
      done('a'),
      { case: 'approvalDecided', value: { nodeId: 'b', approved: true, decidedBy: 'ada' } },
      done('b'),
      { case: 'approvalDecided', value: { nodeId: 'c', approved: false } },
      done('c'),
    ),
    [
      'a SUCCEEDED taken over  → next',
      'b SUCCEEDED approved by ada  → next',
      'c SUCCEEDED rejected by silence  → next',
    ],
  );
});

test('pauses and ends of every kind have their words', () => {
  const failure = { code: 'TIMEOUT', message: 'too slow' };
  assert.deepEqual(
    linesOf(
      { case: 'runPaused', value: { reason: 'lunch' } },
      { case: 'runResumed', value: {} },
      { case: 'runPaused', value: { nodeId: 'n' } },
      { case: 'runResumed', value: { nodeId: 'n' } },
      { case: 'nodeCancelled', value: { nodeId: 'slow', reason: 'join went on without it' } },
      { case: 'runFailing', value: { failure } },
      { case: 'runCancelling', value: { reason: 'rain' } },
      { case: 'runTerminated', value: { reason: 'gone' } },
    ),
    [
      'PAUSED lunch',
      'RUNNING goes on',
      'n PAUSED',
      'n RUNNING goes on',
      'slow CANCELLED join went on without it',
      'FAILING TIMEOUT: too slow',
      'CANCELLING rain',
      'TERMINATED gone',
    ],
  );
});
