/** A small round that kept every promise, to be doctored by tests of the rules. */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { RunEventSchema, type RunEvent } from '@skein/contracts/event';
import type { AgentCall } from '../../agents/journal.ts';
import type { Order } from '../../load/order.ts';
import { newRecord, type OrderRecord, type SeenRun } from '../../load/record.ts';
import { careful } from '../../load/graphs/careful.ts';
import { endless } from '../../load/graphs/endless.ts';
import type { Graph } from '../../load/graph.ts';
import type { RoundHistory, StoredRun, StoredTransition } from '../history.ts';

type EventInit = NonNullable<MessageInitShape<typeof RunEventSchema>['event']>;

/** The beginning of time in samples. */
export const T0 = 1_700_000_000_000;
/** Ids of the sample's runs. */
export const DONE_RUN = 'run-done';
export const CANCELLED_RUN = 'run-cancelled';

/** An event of a run, without what follows from where it is stored. */
export function event(init: EventInit): RunEvent {
  return create(RunEventSchema, { event: init });
}

/** A row of events. */
export function row(firstSeq: number, committedAtMs: number, ...events: readonly RunEvent[]): StoredTransition {
  return { firstSeq, eventCount: events.length, committedAtMs, events };
}

export const scheduled = (nodeId: string, attempt = 1) => event({ case: 'nodeScheduled', value: { nodeId, attempt } });
export const succeeded = (nodeId: string, attempt = 1) => event({ case: 'nodeSucceeded', value: { nodeId, attempt } });
export const dispatchLost = (nodeId: string, dispatch: number, attempt = 1) =>
  event({ case: 'taskDispatchLost', value: { nodeId, attempt, dispatch, reason: 1 } });
export const retryScheduled = (nodeId: string, nextAttempt: number) =>
  event({ case: 'nodeRetryScheduled', value: { nodeId, nextAttempt } });
export const started = () => event({ case: 'runStarted', value: { workflowId: 'w' } });
export const done = () => event({ case: 'runDone', value: {} });
export const cancelledEvent = () => event({ case: 'runCancelled', value: {} });

/** A call of an agent that was answered. */
export function call(runId: string, nodeId: string, startedAtMs: number, more: Partial<AgentCall> = {}): AgentCall {
  const endedAtMs = startedAtMs + 100;
  return {
    runId,
    nodeId,
    attempt: 1,
    dispatch: 1,
    resumedLap: 0,
    agentId: '',
    startedAtMs,
    endedAtMs,
    end: 'answered',
    ...more,
  };
}

/** A stored run whose log is right. */
export function storedRun(runId: string, orderId: string, told: SeenRun, transitions: StoredTransition[]): StoredRun {
  const logged = transitions.flatMap(({ firstSeq, events }) =>
    events.map((logEvent, index) => ({ ...logEvent, seq: BigInt(firstSeq + index) })),
  );
  const origin = { runId, orderId, labels: { order: orderId }, parentRunId: '' };
  return { ...origin, status: told.state, transitions, logged, answers: [told, told], waitingFor: '' };
}

/** What the API says of a run. */
export function answer(runId: string, state: string, lastSeq: number, output: SeenRun['output'] = null): SeenRun {
  return { runId, state, output, failureCode: '', failedNodeId: '', lastSeq };
}

/** An order of the sample. */
export function order(id: string, graph: Graph, endings: Order['endings']): Order {
  const asked = { atMs: 0, twice: false, again: false, waits: false, watched: false, cancelAfterMs: undefined };
  const steered = { pause: undefined, retried: false, terminated: false, deleted: false };
  return { ...asked, ...steered, id, graph, endings, input: null };
}

/** What became of an order of the sample. */
export function record(placed: Order, runId: string, more: Partial<OrderRecord>): OrderRecord {
  return { ...newRecord(placed, `r-${placed.id}`), runIds: [runId], acknowledgedAtMs: T0, ...more };
}

/** A round in which all is well: one run that was done, and one that was cancelled. */
export function sampleHistory(): RoundHistory {
  const doneAnswer = answer(DONE_RUN, 'DONE', 6, { value: 7 });
  const cancelledAnswer = answer(CANCELLED_RUN, 'CANCELLED', 3);
  const runs = [
    storedRun(DONE_RUN, 'order-0', doneAnswer, [
      row(1, T0, started(), scheduled('pay')),
      row(3, T0 + 200, succeeded('pay'), scheduled('ship')),
      row(5, T0 + 400, succeeded('ship'), done()),
    ]),
    storedRun(CANCELLED_RUN, 'order-1', cancelledAnswer, [
      row(1, T0, started(), scheduled('work')),
      row(3, T0 + 1000, cancelledEvent()),
    ]),
  ];
  return {
    size: { schedulers: 2, executors: 2 },
    records: [
      record(order('order-0', careful, [{ state: 'DONE', output: { value: 7 } }]), DONE_RUN, {
        ends: [doneAnswer],
        watched: { seqs: [1, 2, 3, 4, 5, 6], breaks: 1, complete: true },
      }),
      record(order('order-1', endless, [{ state: 'CANCELLED' }]), CANCELLED_RUN, {
        ends: [cancelledAnswer],
        cancelledAtMs: T0 + 1000,
      }),
    ],
    schedules: [],
    runs: new Map(runs.map((run) => [run.runId, run])),
    calls: [
      call(DONE_RUN, 'pay', T0 + 50),
      call(CANCELLED_RUN, 'work', T0 + 50, { endedAtMs: T0 + 1010, end: 'dropped' }),
      call(DONE_RUN, 'ship', T0 + 250),
    ],
    silences: [],
    held: [],
    stalls: [],
    unaskedEnds: [],
    outboxLeft: 0,
    slotsLeft: 0,
    deletions: [],
    observedUntilMs: T0 + 20_000,
  };
}

/** The round with one run changed. */
export function withRun(history: RoundHistory, runId: string, change: (run: StoredRun) => StoredRun): RoundHistory {
  const run = history.runs.get(runId);
  if (run === undefined) throw new Error(`the sample has no ${runId}`);
  return { ...history, runs: new Map([...history.runs, [runId, change(run)]]) };
}

/** The round with one order's record changed. */
export function withRecord(
  history: RoundHistory,
  orderId: string,
  change: (record: OrderRecord) => OrderRecord,
): RoundHistory {
  const records = history.records.map((each) => (each.order.id === orderId ? change(each) : each));
  return { ...history, records };
}
