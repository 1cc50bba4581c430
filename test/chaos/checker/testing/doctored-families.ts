/** Rounds that broke a promise about what is more than one run, and which rules have to say so. */
import type { RoundHistory, StoredRun, StoredTransition } from '../history.ts';
import {
  called,
  childEnded,
  childrenStarted,
  collected,
  FIRED_RUNS,
  GATED_RUN,
  ITEM_RUNS,
  MAP_RUN,
  RETRY_RUN,
  SAGA_RUN,
  sampleFamily,
  signalReceived,
} from './sample-family.ts';
import {
  answer,
  call,
  cancelledEvent,
  done,
  event,
  row,
  scheduled,
  started,
  storedRun,
  succeeded,
  T0,
  withRecord,
  withRun,
} from './sample-history.ts';

/** What is doctored, how, and which rules have to say so. */
export type Doctored = readonly [what: string, history: RoundHistory, rules: readonly string[]];

const good = sampleFamily();

/** The round with the rows of one run replaced. */
function withRows(runId: string, ...transitions: readonly StoredTransition[]): RoundHistory {
  return withRun(good, runId, (run) => {
    const [told] = run.answers;
    if (told === undefined) throw new Error(`the sample has no answer for ${runId}`);
    const { transitions: stored, logged } = storedRun(runId, run.orderId, told, [...transitions]);
    return { ...run, transitions: stored, logged };
  });
}

function withCall(...calls: RoundHistory['calls']): RoundHistory {
  return { ...good, calls: [...good.calls, ...calls] };
}

/** The round with one run more: another one, under another id. */
function withCopy(runId: string, copyId: string, change: (run: StoredRun) => StoredRun = (run) => run): RoundHistory {
  const run = good.runs.get(runId);
  if (run === undefined) throw new Error(`the sample has no ${runId}`);
  return { ...good, runs: new Map([...good.runs, [copyId, change({ ...run, runId: copyId })]]) };
}

const begun = row(1, T0, started(), scheduled('each'), childrenStarted(ITEM_RUNS));

export const DOCTORED_FAMILIES: readonly Doctored[] = [
  ['a child run that its parent never asked for', withCopy(ITEM_RUNS[1], 'run-item-x'), ['children']],
  [
    'a child run that was asked for twice',
    withRows(
      MAP_RUN,
      begun,
      row(4, T0 + 310, childrenStarted([ITEM_RUNS[1]], 1), childEnded(1)),
      row(6, T0 + 320, childEnded(0), collected(), done()),
    ),
    ['children', 'every-item'],
  ],
  [
    'a child run without the labels of its parent',
    withRun(good, ITEM_RUNS[0], (run) => ({ ...run, labels: {} })),
    ['children'],
  ],
  [
    'an end of a child run that is told before it is durable',
    withRows(MAP_RUN, begun, row(4, T0 + 299, childEnded(1)), row(5, T0 + 320, childEnded(0), collected(), done())),
    ['children'],
  ],
  ['a child run that outlives its parent', outliving(), ['children']],
  ['a child run that is cancelled where its parent was terminated', halfTerminated(), ['children']],
  ['a child run that is never started', neverStarted(), ['holder']],
  [
    'a map that has not heard of an item',
    withRows(MAP_RUN, begun, row(4, T0 + 310, childEnded(1), collected(), done())),
    ['every-item'],
  ],
  [
    'items that are not asked for in their order',
    withRows(
      MAP_RUN,
      row(1, T0, started(), scheduled('each'), childrenStarted(ITEM_RUNS.toReversed())),
      row(4, T0 + 310, childEnded(0, ITEM_RUNS[1]), childEnded(1, ITEM_RUNS[0]), collected(), done()),
    ),
    ['children'],
  ],
  ['what was done and is not undone', sagaWithout('flight~compensate'), ['undone']],
  ['what is undone in the wrong order', sagaInOrder(['flight~compensate', 'hotel~compensate']), ['undone']],
  [
    'what is undone twice',
    sagaInOrder(['hotel~compensate', 'flight~compensate', 'hotel~compensate']),
    ['final', 'undone'],
  ],
  ['what is undone though the run was done', undoneInVain(), ['undone']],
  ['a retry that does again what had succeeded', forgetful(), ['reused']],
  [
    'a retry that asks the agent of what it took over',
    withCall(call(RETRY_RUN, 'good', T0 + 480)),
    ['dispatched', 'reused'],
  ],
  ['a retry that made two runs', withCopy(RETRY_RUN, 'run-retry-x'), ['one-run']],
  [
    'a signal that counts twice',
    withRows(GATED_RUN, row(1, T0, started()), row(2, T0 + 100, signalReceived('s'), signalReceived('s'), done())),
    ['signalled'],
  ],
  [
    'a signal that was answered and is lost',
    withRecord(good, 'order-gated', (record) => ({ ...record, signalIds: ['s', 'other'] })),
    ['signalled'],
  ],
  ['a call for a paused run', pausedAt('order-saga', T0 + 10 - 2100), ['paused']],
  ['a call for a child of a paused run', pausedAt('order-map', T0 + 100 - 5100), ['paused']],
  [
    'a fire time that was missed',
    { ...good, runs: new Map([...good.runs].filter(([runId]) => runId !== FIRED_RUNS[1])) },
    ['on-schedule'],
  ],
  ['a fire time that fired twice', withCopy(FIRED_RUNS[1], 'run-fired-x'), ['on-schedule']],
  [
    'a fire at no time',
    withCopy(FIRED_RUNS[1], 'run-fired-x', (run) => ({
      ...run,
      labels: { ...run.labels, 'skein.fire_time': new Date(T0 + 1500).toISOString() },
    })),
    ['on-schedule'],
  ],
  ['a fire that does not wait for the run before', hasty(), ['on-schedule']],
  ['an agent that goes on for a node that is not needed any more', uselessWork(), ['cancelled']],
];

/** The parent is cancelled, and one child goes on for ten seconds. */
function outliving(): RoundHistory {
  const history = withRows(MAP_RUN, begun, row(4, T0 + 310, childEnded(1), cancelledEvent()));
  const longer = withRun({ ...good, runs: history.runs }, ITEM_RUNS[0], (run) => {
    const [told] = run.answers;
    if (told === undefined) throw new Error('the sample has no answer');
    const [first] = run.transitions;
    const last = row(3, T0 + 10_400, succeeded('count'), done());
    const { transitions, logged } = storedRun(run.runId, run.orderId, told, first === undefined ? [] : [first, last]);
    return { ...run, transitions, logged };
  });
  const runs = new Map([...longer.runs].map(([runId, run]) => [runId, runId === MAP_RUN ? cancelledRow(run) : run]));
  const records = good.records.map((record) =>
    record.order.id === 'order-map'
      ? { ...record, order: { ...record.order, endings: [{ state: 'CANCELLED' } as const] } }
      : record,
  );
  const calls = good.calls.map((one) => (one.runId === ITEM_RUNS[0] ? { ...one, endedAtMs: T0 + 10_300 } : one));
  return { ...good, runs, records, calls };
}

function cancelledRow(run: StoredRun): StoredRun {
  return { ...run, status: 'CANCELLED', answers: run.answers.map((told) => ({ ...told, state: 'CANCELLED' })) };
}

function terminatedRow(run: StoredRun): StoredRun {
  const told = { ...answer(run.runId, 'TERMINATED', 5) };
  const transitions = run.transitions.map((one) => ({
    ...one,
    events: one.events.map((each) => (each.event.case === 'runCancelled' ? terminatedEvent() : each)),
  }));
  return storedRun(run.runId, run.orderId, told, transitions);
}

function terminatedEvent() {
  return event({ case: 'runTerminated', value: {} });
}

/** The parent is terminated, and one child cancelled a moment later. */
function halfTerminated(): RoundHistory {
  const history = outliving();
  const ended = new Map([...history.runs].map(([runId, run]) => [runId, runId === MAP_RUN ? terminatedRow(run) : run]));
  const cancelledChild = withRun({ ...good, runs: ended }, ITEM_RUNS[0], (run) => {
    const told = { ...answer(run.runId, 'CANCELLED', 3) };
    const child = storedRun(run.runId, run.orderId, told, [
      ...run.transitions.slice(0, 1),
      row(3, T0 + 1000, cancelledEvent()),
    ]);
    return { ...child, parentRunId: MAP_RUN };
  });
  const records = good.records.map((record) =>
    record.order.id === 'order-map'
      ? { ...record, order: { ...record.order, endings: [{ state: 'TERMINATED' } as const] } }
      : record,
  );
  return { ...good, runs: cancelledChild.runs, records };
}

/** The first item begins only after ten seconds. */
function neverStarted(): RoundHistory {
  const lateMs = 10_000;
  const history = withRun(good, ITEM_RUNS[0], (run) => ({
    ...run,
    transitions: run.transitions.map((one) => ({ ...one, committedAtMs: one.committedAtMs + lateMs })),
  }));
  const parent = withRows(
    MAP_RUN,
    begun,
    row(4, T0 + 310, childEnded(1)),
    row(5, T0 + lateMs + 320, childEnded(0), collected(), done()),
  ).runs.get(MAP_RUN);
  const calls = good.calls.map((one) =>
    one.runId === ITEM_RUNS[0] ? call(one.runId, one.nodeId, one.startedAtMs + lateMs) : one,
  );
  const records = good.records.map((record) => ({ ...record, pause: undefined }));
  return { ...history, calls, records, runs: parent ? new Map([...history.runs, [MAP_RUN, parent]]) : history.runs };
}

/** The failed run, undone in these steps. */
function sagaInOrder(nodeIds: readonly string[]): RoundHistory {
  const run = good.runs.get(SAGA_RUN);
  const before = run?.transitions.slice(0, 3) ?? [];
  const failing = run?.transitions[3]?.events.slice(0, 2) ?? [];
  const failed = run?.transitions.at(-1)?.events.slice(1) ?? [];
  const undoing = nodeIds.flatMap((nodeId) => [scheduled(nodeId), succeeded(nodeId)]);
  return withRows(SAGA_RUN, ...before, row(7, T0 + 600, ...failing, ...undoing, ...failed));
}

function sagaWithout(nodeId: string): RoundHistory {
  const nodeIds = ['hotel~compensate', 'flight~compensate'].filter((id) => id !== nodeId);
  const history = sagaInOrder(nodeIds);
  return { ...history, calls: history.calls.filter((one) => one.nodeId !== nodeId) };
}

function undoneInVain(): RoundHistory {
  const history = sagaInOrder(['hotel~compensate', 'flight~compensate']);
  const isDone = withRun(history, SAGA_RUN, (run) => {
    const told = {
      ...run.answers[0],
      runId: SAGA_RUN,
      state: 'DONE',
      output: null,
      failureCode: '',
      failedNodeId: '',
      lastSeq: 13,
    };
    const transitions = run.transitions.map((one) => ({
      ...one,
      events: one.events.map((each) => (each.event.case === 'runFailed' ? done() : each)),
    }));
    return storedRun(SAGA_RUN, run.orderId, told, transitions);
  });
  return withRecord(isDone, 'order-saga', (record) => ({
    ...record,
    order: { ...record.order, endings: [{ state: 'DONE', output: null }] },
  }));
}

/** The retry calls `good` again. */
function forgetful(): RoundHistory {
  const run = good.runs.get(RETRY_RUN);
  const start = run?.transitions[0]?.events[0] ?? started();
  const end = run?.transitions.at(-1)?.events ?? [];
  const history = withRows(
    RETRY_RUN,
    row(1, T0 + 500, start, scheduled('good')),
    row(3, T0 + 505, called('good'), succeeded('good'), scheduled('bad')),
    row(6, T0 + 700, ...end),
  );
  return { ...history, calls: [...good.calls, call(RETRY_RUN, 'good', T0 + 502)] };
}

/** A pause was answered then. */
function pausedAt(orderId: string, acknowledgedAtMs: number): RoundHistory {
  const pause = { acknowledgedAtMs, resumedAtMs: T0 + 9000 };
  return withRecord(good, orderId, (record) => ({ ...record, pause }));
}

/** The second run of the schedule begins while the first is at work. */
function hasty(): RoundHistory {
  return withRun(good, FIRED_RUNS[0], (run) => ({
    ...run,
    transitions: run.transitions.map((one) => (one.firstSeq === 3 ? { ...one, committedAtMs: T0 + 1100 } : one)),
  }));
}

/** A loser of a join, at work for ten seconds more. */
function uselessWork(): RoundHistory {
  const cancelledNode = event({ case: 'nodeCancelled', value: { nodeId: 'slow', reason: 'x' } });
  const history = withRows(
    GATED_RUN,
    row(1, T0, started(), scheduled('slow')),
    row(3, T0 + 100, signalReceived('s'), cancelledNode, done()),
  );
  return { ...history, calls: [...good.calls, call(GATED_RUN, 'slow', T0 + 20, { endedAtMs: T0 + 10_200 })] };
}

/** Rounds that only look as if they broke a promise. */
export const EXCUSED_FAMILIES: readonly (readonly [what: string, history: RoundHistory])[] = [
  ['a call that was under way at the pause', pausedAt('order-failed', T0 + 210 - 1900)],
  ['a child run that is told late of the pause of its parent', pausedAt('order-map', T0 + 100 - 4500)],
];
