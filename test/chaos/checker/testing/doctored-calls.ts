/** Rounds that broke a promise about questions, calls between agents, limits of agents or deletions. */
import type { RoundHistory, StoredRun } from '../history.ts';
import type { Doctored } from './doctored-families.ts';
import {
  ASKING_RUN,
  CALLING_RUN,
  CROWDED_RUNS,
  DELETED_RUN,
  LINGERING_RUN,
  provided,
  QUESTION,
  sampleCalls,
} from './sample-calls.ts';
import { answer, call, done, event, row, started, storedRun, T0, withRecord, withRun } from './sample-history.ts';

const good = sampleCalls();
const [FIRST, , , LAST] = CROWDED_RUNS;

function withCalls(change: (calls: RoundHistory['calls']) => RoundHistory['calls']): RoundHistory {
  return { ...good, calls: change(good.calls) };
}

/** The call of a node of one run is as it is told to be. */
function withCall(runId: string, nodeId: string, more: Partial<RoundHistory['calls'][number]>): RoundHistory {
  return withCalls((calls) =>
    calls.map((one) => (one.runId === runId && one.nodeId === nodeId ? { ...one, ...more } : one)),
  );
}

/** The agent is called again so long after the answer. */
function calledAfter(ms: number): RoundHistory {
  const history = withRun(good, ASKING_RUN, (run) => {
    const [told = answer(ASKING_RUN, 'DONE', 6)] = run.answers;
    const rows = run.transitions.map((one) => (one.firstSeq === 5 ? { ...one, committedAtMs: T0 + 9150 + ms } : one));
    return storedRun(run.runId, run.orderId, told, rows);
  });
  const calls = good.calls.map((one) =>
    one.dispatch === 2 ? call(ASKING_RUN, 'ask', T0 + 9000 + ms, { dispatch: 2 }) : one,
  );
  return { ...history, calls };
}

/** The last of the calls with a rate comes so long after the others. */
function idleFor(ms: number): RoundHistory {
  const atMs = T0 + 250 + ms;
  const history = withRun(good, LAST, (run) => ({
    ...run,
    transitions: run.transitions.map((one) => (one.firstSeq < 5 ? one : { ...one, committedAtMs: atMs + 20 })),
  }));
  const { calls } = withCall(LAST, 'pace', { startedAtMs: atMs, endedAtMs: atMs + 10 });
  return { ...history, calls };
}

function deletedRun(): StoredRun {
  return storedRun(DELETED_RUN, 'order-deleted', answer(DELETED_RUN, 'DONE', 3), [
    row(1, T0, started()),
    row(2, T0 + 10, event({ case: 'runResumed', value: {} }), done()),
  ]);
}

/** The run that the agent started is open until so long after its beginning. */
function lingersFor(ms: number): RoundHistory {
  const changed = withRun(good, LINGERING_RUN, (run) => {
    const [begun] = run.transitions;
    const [told = answer(LINGERING_RUN, 'CANCELLED', 3)] = run.answers;
    if (begun === undefined) return run;
    const ended = row(3, begun.committedAtMs + ms, event({ case: 'runCancelled', value: {} }));
    const { transitions, logged } = storedRun(run.runId, '', told, [begun, ended]);
    return { ...run, transitions, logged };
  });
  const calls = good.calls.map((one) => (one.runId === LINGERING_RUN ? { ...one, endedAtMs: T0 + 50 + ms } : one));
  return { ...changed, calls };
}

/** A second run that the agent started, under the same request id or another. */
function withSecond(label: string): RoundHistory {
  const run = good.runs.get(LINGERING_RUN);
  if (run === undefined) throw new Error(`the sample has no ${LINGERING_RUN}`);
  const second: StoredRun = { ...run, runId: 'run-second', labels: { call: label } };
  const calls = good.calls
    .filter(({ runId }) => runId === LINGERING_RUN)
    .map((one) => ({ ...one, runId: 'run-second' }));
  return { ...good, runs: new Map([...good.runs, [second.runId, second]]), calls: [...good.calls, ...calls] };
}

function withDeleted(change: Partial<RoundHistory['deletions'][number]>): RoundHistory {
  return { ...good, deletions: good.deletions.map((one) => ({ ...one, ...change })) };
}

export const DOCTORED_CALLS: readonly Doctored[] = [
  [
    'an answer that was told to be taken where another one was',
    withRecord(good, 'order-asking', (record) => ({
      ...record,
      answers: [...record.answers, { questionSeq: QUESTION, value: 8, atMs: T0 + 9000 }],
    })),
    ['answered'],
  ],
  [
    'an answer that was told to be taken and is lost',
    withRecord(good, 'order-asking', (record) => ({
      ...record,
      answers: [{ questionSeq: QUESTION + 1, value: 7, atMs: T0 + 9000 }],
    })),
    ['answered'],
  ],
  [
    'a question that has two answers',
    withRun(good, ASKING_RUN, (run) => {
      const [told = answer(ASKING_RUN, 'DONE', 7)] = run.answers;
      const [first, second, third, last] = run.transitions;
      if (!first || !second || !third || !last) return run;
      const twice = [first, second, row(4, T0 + 9000, provided(7), provided(7)), { ...last, firstSeq: 6 }];
      return storedRun(run.runId, run.orderId, { ...told, lastSeq: 7 }, twice);
    }),
    ['answered'],
  ],
  [
    'an agent that is called again before its question is answered',
    withCalls((calls) => [...calls, call(ASKING_RUN, 'ask', T0 + 9020, { dispatch: 3 })]),
    ['dispatched'],
  ],
  ['an answer after which nobody calls the agent', calledAfter(5100), ['holder']],
  ['an agent that works on more than it bears', withCall(LAST, 'crowd', { startedAtMs: T0 + 100 }), ['crowded']],
  ['an agent with a limit that is idle while somebody waits for it', idleFor(5600), ['holder']],
  [
    'an agent that is called faster than its rate allows',
    withCall(LAST, 'pace', { startedAtMs: T0 + 280 }),
    ['crowded'],
  ],
  ['a run of an agent that goes on long after its node', lingersFor(5200), ['children', 'called']],
  ['two runs of an agent under one request id', withSecond('linger-0'), ['called']],
  [
    'a run of an agent that begins before the agent is at work',
    withRun(good, LINGERING_RUN, (run) => ({
      ...run,
      transitions: run.transitions.map((one) => (one.firstSeq === 1 ? { ...one, committedAtMs: T0 - 1 } : one)),
    })),
    ['called'],
  ],
  [
    'a run of an agent that is cancelled where its parent was terminated',
    withRun(good, CALLING_RUN, (run) => {
      const terminated = event({ case: 'runTerminated', value: {} });
      const [begun] = run.transitions;
      const told = answer(CALLING_RUN, 'TERMINATED', 3);
      return begun ? storedRun(CALLING_RUN, run.orderId, told, [begun, row(3, T0 + 200, terminated)]) : run;
    }),
    ['right-end', 'children'],
  ],
  ['a deleted run of which something is left', withDeleted({ leftIn: ['event_log.run_event'] }), ['deleted']],
  ['a deletion that event-log never heard of', withDeleted({ isConfirmed: false }), ['deleted']],
  ['a deletion that was answered and is not done', { ...good, deletions: [] }, ['deleted']],
  [
    'a run that is deleted and nobody asked for it',
    withRecord(good, 'order-deleted', (record) => ({ ...record, deletion: undefined })),
    ['acknowledged', 'deleted'],
  ],
  ['a deleted run that is there', { ...good, runs: new Map([...good.runs, [DELETED_RUN, deletedRun()]]) }, ['deleted']],
  [
    'a child run of a deleted run',
    withRun(good, LINGERING_RUN, (run) => ({ ...run, parentRunId: DELETED_RUN })),
    ['deleted'],
  ],
  [
    'a deleted run that had ended wrongly',
    withRecord(good, 'order-deleted', (record) => ({ ...record, ends: [answer(DELETED_RUN, 'FAILED', 6)] })),
    ['right-end'],
  ],
];

/** Rounds that only look as if they broke a promise. */
export const EXCUSED_CALLS: readonly (readonly [what: string, history: RoundHistory])[] = [
  ['a lost call that goes on beyond the end of its attempt', withCall(FIRST, 'crowd', { endedAtMs: T0 + 9000 })],
  ['an agent with a limit that takes its time until the next turn', idleFor(5400)],
  ['a run of an agent that takes a moment to be stopped', lingersFor(5100)],
  ['a second run of an agent under a request id of its own', withSecond('linger-1')],
  [
    'a deletion that nobody was answered for',
    {
      ...withRecord(good, 'order-deleted', (record) => ({
        ...record,
        deletion: { askedAtMs: T0 + 5000, answeredAtMs: undefined },
      })),
      deletions: [],
      runs: new Map([...good.runs, [DELETED_RUN, deletedRun()]]),
    },
  ],
];
