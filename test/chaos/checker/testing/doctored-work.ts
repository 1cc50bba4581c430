/** Rounds that broke a promise about limits, progress or what is called outside, and which rules have to say so. */
import type { RoundHistory, StoredRun } from '../history.ts';
import type { Doctored } from './doctored-families.ts';
import { answer, call, event, row, scheduled, started, storedRun, succeeded, T0, withRun } from './sample-history.ts';
import { LONG_RUN, OUTSIDE_RUN, QUEUED_RUNS, queuedRun, sampleWork } from './sample-work.ts';

const good = sampleWork();
const [FIRST, SECOND] = QUEUED_RUNS;

/** The second run is admitted so long after the first, and its agent called so long after its admission. */
function secondAt(afterMs: number, calledAfterMs = 20): RoundHistory {
  const history = withRun(good, SECOND, () => queuedRun(SECOND, T0 + afterMs));
  const calls = good.calls.map((one) =>
    one.runId === SECOND ? call(SECOND, 'pack', T0 + afterMs + 100 + calledAfterMs) : one,
  );
  return { ...history, calls };
}

function withCalls(change: (calls: RoundHistory['calls']) => RoundHistory['calls']): RoundHistory {
  return { ...good, calls: change(good.calls) };
}

export const DOCTORED_WORK: readonly Doctored[] = [
  ['a run that is admitted before the one before it has ended', secondAt(299), ['limited']],
  ['an agent that is called before the run is admitted', secondAt(500, -10), ['limited']],
  ['a slot that does not come back', { ...good, slotsLeft: 1 }, ['limited']],
  [
    'a dispatch that is not told how far the one before had come',
    withCalls((calls) => calls.map((one) => (one.dispatch === 2 ? { ...one, resumedLap: 1 } : one))),
    ['resumed'],
  ],
  [
    'an attempt that is not told how far the one before had come',
    withCalls((calls) => calls.map((one) => (one.attempt === 2 ? { ...one, resumedLap: 0 } : one))),
    ['resumed'],
  ],
  [
    'a tool that is called more often than was decided',
    withCalls((calls) => [...calls, call(OUTSIDE_RUN, 'tool', T0 + 300, { dispatch: 0 })]),
    ['dispatched'],
  ],
  ['a child run that does not undo what it did', withTour([]), ['undone']],
  ['a child run that is done and undoes', withTour(['bus~compensate', 'guide~compensate'], 'DONE'), ['undone']],
];

/** Rounds that only look as if they broke a promise. */
export const EXCUSED_WORK: readonly (readonly [what: string, history: RoundHistory])[] = [
  ['a run that is admitted in the moment in which the one before it ends', secondAt(300)],
  [
    'a lost dispatch that goes on after its run has ended',
    withCalls((calls) => calls.map((one) => (one.runId === FIRST ? { ...one, endedAtMs: T0 + 9000 } : one))),
  ],
  [
    'an agent that is told of more than was committed',
    withCalls((calls) => calls.map((one) => (one.dispatch === 2 ? { ...one, resumedLap: 3 } : one))),
  ],
  ['a child run that undoes what it did', withTour(['bus~compensate', 'guide~compensate'])],
];

/** The run of the work with one more: a child that ends so, after these steps. */
function withTour(undoing: readonly string[], state: 'DONE' | 'FAILED' = 'FAILED'): RoundHistory {
  const parent = good.runs.get(LONG_RUN);
  if (parent === undefined) throw new Error(`the sample has no ${LONG_RUN}`);
  const place = { nodeId: 'climb', attempt: 1, index: 0 };
  const asked = event({ case: 'childRunsStarted', value: { nodeId: 'climb', attempt: 1, childRunIds: ['run-tour'] } });
  const outcome =
    state === 'DONE' ? ({ case: 'output', value: {} } as const) : ({ case: 'failure', value: {} } as const);
  const ended = event({ case: 'childRunEnded', value: { ...place, childRunId: 'run-tour', outcome } });
  const undone = undoing.flatMap((nodeId) => [scheduled(nodeId), succeeded(nodeId)]);
  const start = event({
    case: 'runStarted',
    value: { workflowId: 'tour', parent: { ...place, runId: LONG_RUN, depth: 1 } },
  });
  const last = state === 'DONE' ? event({ case: 'runDone', value: {} }) : event({ case: 'runFailed', value: {} });
  const tour: StoredRun = {
    ...storedRun('run-tour', parent.orderId, answer('run-tour', state, 6 + undone.length), [
      row(1, T0 + 20, start, scheduled('guide')),
      row(3, T0 + 30, succeeded('guide'), scheduled('bus')),
      row(5, T0 + 40, succeeded('bus'), ...undone, last),
    ]),
    parentRunId: LONG_RUN,
  };
  const [told = answer(LONG_RUN, 'DONE', 3)] = parent.answers;
  const asking = storedRun(LONG_RUN, parent.orderId, { ...told, lastSeq: 5 }, [
    row(1, T0, started(), scheduled('climb'), asked),
    row(4, T0 + 50, ended, event({ case: 'runDone', value: {} })),
  ]);
  const calls = good.calls.filter(({ runId }) => runId !== LONG_RUN);
  const runs = new Map([...good.runs, [LONG_RUN, asking], [tour.runId, tour]]);
  const own = [call('run-tour', 'guide', T0 + 22), call('run-tour', 'bus', T0 + 32)];
  return { ...good, runs, calls: [...calls, ...own.map((one) => ({ ...one, endedAtMs: one.startedAtMs + 2 }))] };
}
