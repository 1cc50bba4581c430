/** A round with runs under limits, work that is gone on with, a tool, and a tree of workflows that is undone. */
import { longWork } from '../../load/graphs/long-work.ts';
import { outside } from '../../load/graphs/outside.ts';
import { queued } from '../../load/graphs/queued.ts';
import type { RoundHistory, StoredRun } from '../history.ts';
import {
  answer,
  call,
  dispatchLost,
  done,
  event,
  order,
  record,
  retryScheduled,
  row,
  sampleHistory,
  scheduled,
  started,
  storedRun,
  succeeded,
  T0,
} from './sample-history.ts';

/** Ids of the sample's runs. Of the first two only one may be under way at a time. */
export const QUEUED_RUNS = ['run-queued-0', 'run-queued-1'] as const;
export const LONG_RUN = 'run-long';
export const OUTSIDE_RUN = 'run-outside';

const DONE = [{ state: 'DONE', output: null }] as const;
const admitted = () => event({ case: 'runAdmitted', value: {} });
const came = (lap: number, dispatch: number, attempt = 1) =>
  event({
    case: 'taskHeartbeat',
    value: {
      nodeId: 'climb',
      attempt,
      dispatch,
      resumeDetails: { json: Buffer.from(JSON.stringify({ lap, value: 1 })) },
    },
  });

/** A round in which all of that is well. */
export function sampleWork(): RoundHistory {
  const runs = [...QUEUED_RUNS.map((runId, index) => queuedRun(runId, T0 + index * 500)), longRun(), outsideRun()];
  const customer = { input: { customer: 'ada' } };
  return {
    ...sampleHistory(),
    records: [
      ...QUEUED_RUNS.map((runId) => record({ ...order(`order-${runId}`, queued, DONE), ...customer }, runId, {})),
      record(order('order-long', longWork, DONE), LONG_RUN, {}),
      record(order('order-outside', outside, DONE), OUTSIDE_RUN, {}),
    ],
    runs: new Map(runs.map((run) => [run.runId, run])),
    calls: [
      ...QUEUED_RUNS.map((runId, index) => call(runId, 'pack', T0 + index * 500 + 120)),
      call(LONG_RUN, 'climb', T0 + 10, { endedAtMs: T0 + 500, end: 'killed' }),
      call(LONG_RUN, 'climb', T0 + 710, { dispatch: 2, resumedLap: 2, end: 'failed' }),
      call(LONG_RUN, 'climb', T0 + 1110, { attempt: 2, resumedLap: 4 }),
      call(OUTSIDE_RUN, 'tool', T0 + 10, { dispatch: 0, end: 'killed' }),
      call(OUTSIDE_RUN, 'tool', T0 + 210, { dispatch: 0 }),
    ],
  };
}

/** It is admitted 100 ms after its start, and ends 400 ms after. */
export function queuedRun(runId: string, fromMs: number): StoredRun {
  return storedRun(runId, `order-${runId}`, answer(runId, 'DONE', 5), [
    row(1, T0, started()),
    row(2, fromMs + 100, admitted(), scheduled('pack')),
    row(4, fromMs + 400, succeeded('pack'), done()),
  ]);
}

function longRun(): StoredRun {
  return storedRun(LONG_RUN, 'order-long', answer(LONG_RUN, 'DONE', 9), [
    row(1, T0, started(), scheduled('climb')),
    row(3, T0 + 400, came(2, 1)),
    row(4, T0 + 700, dispatchLost('climb', 1)),
    row(5, T0 + 900, came(4, 2), retryScheduled('climb', 2)),
    row(7, T0 + 1100, scheduled('climb', 2)),
    row(8, T0 + 1300, succeeded('climb', 2), done()),
  ]);
}

function outsideRun(): StoredRun {
  return storedRun(OUTSIDE_RUN, 'order-outside', answer(OUTSIDE_RUN, 'DONE', 5), [
    row(1, T0, started(), scheduled('tool')),
    row(3, T0 + 200, dispatchLost('tool', 1)),
    row(4, T0 + 400, succeeded('tool'), done()),
  ]);
}
