/** A round with questions, calls of agents with a limit, runs that agents have started, and one that was deleted. */
import { asking } from '../../load/graphs/asking.ts';
import { calling } from '../../load/graphs/calling.ts';
import { crowded } from '../../load/graphs/crowded.ts';
import { sequence } from '../../load/graphs/sequence.ts';
import type { RoundHistory, StoredRun } from '../history.ts';
import {
  answer,
  call,
  done,
  event,
  order,
  record,
  row,
  sampleHistory,
  scheduled,
  started,
  storedRun,
  succeeded,
  T0,
} from './sample-history.ts';

/** Ids of the sample's runs. */
export const ASKING_RUN = 'run-asking';
export const CROWDED_RUNS = ['run-crowded-0', 'run-crowded-1', 'run-crowded-2', 'run-crowded-3'] as const;
export const CALLING_RUN = 'run-calling';
export const LINGERING_RUN = 'run-lingering';
export const DELETED_RUN = 'run-deleted';

const DONE = [{ state: 'DONE', output: null }] as const;
/** seq of the event that asks. */
export const QUESTION = 3;

const asked = () => event({ case: 'inputRequired', value: { nodeId: 'ask', attempt: 1, dispatch: 1 } });
export const provided = (value: number) =>
  event({ case: 'inputProvided', value: { nodeId: 'ask', value: { json: Buffer.from(JSON.stringify(value)) } } });

/** A round in which all of that is well. */
export function sampleCalls(): RoundHistory {
  const runs = [askingRun(), ...CROWDED_RUNS.map(crowdedRun), callingRun(), lingeringRun()];
  const deletedEnd = answer(DELETED_RUN, 'DONE', 3);
  return {
    ...sampleHistory(),
    records: [
      record(order('order-asking', asking, DONE), ASKING_RUN, {
        answers: [{ questionSeq: QUESTION, value: 7, atMs: T0 + 9000 }],
      }),
      ...CROWDED_RUNS.map((runId) => record(order(`order-${runId}`, crowded, DONE), runId, {})),
      record(order('order-calling', calling, DONE), CALLING_RUN, {}),
      record(order('order-deleted', sequence, DONE), DELETED_RUN, {
        ends: [deletedEnd],
        deletion: { askedAtMs: T0 + 5000, answeredAtMs: T0 + 5100 },
      }),
    ],
    runs: new Map(runs.map((run) => [run.runId, run])),
    deletions: [{ runId: DELETED_RUN, isConfirmed: true, leftIn: [] }],
    calls: [
      call(ASKING_RUN, 'ask', T0 + 10),
      call(ASKING_RUN, 'ask', T0 + 9010, { dispatch: 2 }),
      ...CROWDED_RUNS.flatMap((runId, index) => [
        call(runId, 'crowd', beganAtMs(index), { agentId: 'crowded' }),
        call(runId, 'pace', pacedAtMs(index), { agentId: 'paced', endedAtMs: pacedAtMs(index) + 10 }),
      ]),
      call(CALLING_RUN, 'work', T0 + 10),
      call(LINGERING_RUN, 'linger', T0 + 70, { endedAtMs: T0 + 390, end: 'dropped' }),
    ],
  };
}

/** The answer comes long after the question: nobody has to work meanwhile. */
function askingRun(): StoredRun {
  return storedRun(ASKING_RUN, 'order-asking', answer(ASKING_RUN, 'DONE', 6), [
    row(1, T0, started(), scheduled('ask')),
    row(QUESTION, T0 + 120, asked()),
    row(4, T0 + 9000, provided(7)),
    row(5, T0 + 9150, succeeded('ask'), done()),
  ]);
}

/** Three are worked on at once, and the fourth in the moment in which the first is done. */
function beganAtMs(index: number): number {
  return index < 3 ? T0 + 10 : T0 + 120;
}

/** Three are called for at once, and the fourth when the rate allows. */
function pacedAtMs(index: number): number {
  return index < 3 ? T0 + 240 : T0 + 420;
}

function crowdedRun(runId: string, index: number): StoredRun {
  const crowdEndMs = beganAtMs(index) + 110;
  return storedRun(runId, `order-${runId}`, answer(runId, 'DONE', 6), [
    row(1, T0, started(), scheduled('crowd')),
    row(3, crowdEndMs, succeeded('crowd'), scheduled('pace')),
    row(5, pacedAtMs(index) + 20, succeeded('pace')),
    row(6, pacedAtMs(index) + 25, done()),
  ]);
}

function callingRun(): StoredRun {
  return storedRun(CALLING_RUN, 'order-calling', answer(CALLING_RUN, 'DONE', 4), [
    row(1, T0, started(), scheduled('work')),
    row(3, T0 + 200, succeeded('work'), done()),
  ]);
}

function lingeringRun(): StoredRun {
  const parent = { runId: CALLING_RUN, nodeId: 'work', attempt: 1, depth: 1, called: true };
  const start = event({ case: 'runStarted', value: { workflowId: 'lingering', parent } });
  const told = answer(LINGERING_RUN, 'CANCELLED', 3);
  const run = storedRun(LINGERING_RUN, '', told, [
    row(1, T0 + 50, start, scheduled('linger')),
    row(3, T0 + 380, event({ case: 'runCancelled', value: {} })),
  ]);
  return { ...run, labels: { call: 'linger-0' }, parentRunId: CALLING_RUN };
}
