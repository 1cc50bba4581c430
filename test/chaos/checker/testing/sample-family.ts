/** A round with what is more than one run: a map, something undone and retried, a signal, a pause, a schedule. */
import type { SeenPause } from '../../load/record.ts';
import { each } from '../../load/graphs/each.ts';
import { gated } from '../../load/graphs/gated.ts';
import { failing } from '../../load/graphs/failing.ts';
import { saga } from '../../load/graphs/saga.ts';
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
export const MAP_RUN = 'run-map';
export const ITEM_RUNS = ['run-item-0', 'run-item-1'] as const;
export const SAGA_RUN = 'run-saga';
export const FAILED_RUN = 'run-failed';
export const RETRY_RUN = 'run-retry';
export const GATED_RUN = 'run-gated';
export const FIRED_RUNS = ['run-fired-0', 'run-fired-1'] as const;

/** When the map run was held back. */
const PAUSE: SeenPause = { acknowledgedAtMs: T0 + 2000, resumedAtMs: T0 + 9000 };

export const childrenStarted = (childRunIds: readonly string[], firstIndex = 0, total = 2) =>
  event({
    case: 'childRunsStarted',
    value: { nodeId: 'each', attempt: 1, firstIndex, childRunIds: [...childRunIds], total },
  });
export const childEnded = (index: number, childRunId: string = ITEM_RUNS[index] ?? '') =>
  event({
    case: 'childRunEnded',
    value: { nodeId: 'each', attempt: 1, index, childRunId, outcome: { case: 'output', value: {} } },
  });
export const collected = () =>
  event({ case: 'nodeSucceeded', value: { nodeId: 'each', attempt: 1, outputCollection: 1 } });
export const signalReceived = (signalId: string) =>
  event({ case: 'signalReceived', value: { name: 'paid', signalId } });
export const called = (nodeId: string) =>
  event({ case: 'agentInvokeDone', value: { nodeId, attempt: 1, dispatch: 1 } });
export const reusedResult = (nodeId: string) => event({ case: 'resultReused', value: { nodeId } });
const nodeFailed = (nodeId: string) => event({ case: 'nodeFailed', value: { nodeId, attempt: 1 } });
const runFailing = () => event({ case: 'runFailing', value: { nodeId: 'pay' } });
const runFailed = (nodeId: string) => event({ case: 'runFailed', value: { nodeId } });

const failedAnswer = (runId: string, lastSeq: number, failedNodeId: string) => ({
  ...answer(runId, 'FAILED', lastSeq),
  failureCode: 'SCRIPTED',
  failedNodeId,
});

/** A round in which all of that is well. */
export function sampleFamily(): RoundHistory {
  const runs = [
    mapRun(),
    ...ITEM_RUNS.map(itemRun),
    sagaRun(),
    failedRun(),
    retryRun(),
    gatedRun(),
    ...FIRED_RUNS.map(firedRun),
  ];
  const failedEnd = { state: 'FAILED', code: 'SCRIPTED' } as const;
  const records = [
    record(order('order-map', each, [{ state: 'DONE', output: [1, 2] }]), MAP_RUN, { pause: PAUSE }),
    record(order('order-saga', saga, [{ ...failedEnd, nodeId: 'pay' }]), SAGA_RUN, {}),
    record(order('order-failed', failing, [{ ...failedEnd, nodeId: 'bad' }]), FAILED_RUN, {
      retryRunIds: [RETRY_RUN, RETRY_RUN],
    }),
    record(order('order-gated', gated, [{ state: 'DONE', output: null }]), GATED_RUN, { signalIds: ['s', 's'] }),
  ];
  return {
    ...sampleHistory(),
    records,
    runs: new Map(runs.map((run) => [run.runId, run])),
    schedules: [{ scheduleId: 'tick', everyMs: 1000, createdAtMs: T0 - 500, endMs: T0 + 2000, inTurn: true }],
    calls: [
      ...ITEM_RUNS.map((runId, index) => call(runId, 'count', T0 + 100 + index)),
      ...['flight', 'hotel', 'pay'].map((nodeId, index) => call(SAGA_RUN, nodeId, T0 + 10 + index * 200)),
      ...['hotel~compensate', 'flight~compensate'].map((nodeId, index) =>
        call(SAGA_RUN, nodeId, T0 + 610 + index * 200),
      ),
      ...['good', 'bad'].map((nodeId, index) => call(FAILED_RUN, nodeId, T0 + 10 + index * 200)),
      call(RETRY_RUN, 'bad', T0 + 510),
      ...FIRED_RUNS.map((runId, index) => call(runId, 'first', T0 + index * 1000 + 10)),
    ],
  };
}

function mapRun(): StoredRun {
  return storedRun(MAP_RUN, 'order-map', answer(MAP_RUN, 'DONE', 7, [1, 2]), [
    row(1, T0, started(), scheduled('each'), childrenStarted(ITEM_RUNS)),
    row(4, T0 + 310, childEnded(1)),
    row(5, T0 + 320, childEnded(0), collected(), done()),
  ]);
}

function itemRun(runId: string, index: number): StoredRun {
  const parent = { runId: MAP_RUN, nodeId: 'each', attempt: 1, index, depth: 1 };
  const run = storedRun(runId, 'order-map', answer(runId, 'DONE', 4, index + 1), [
    row(1, T0 + 50, event({ case: 'runStarted', value: { workflowId: 'w', parent } }), scheduled('count')),
    row(3, T0 + 300, succeeded('count'), done()),
  ]);
  return { ...run, parentRunId: MAP_RUN };
}

function sagaRun(): StoredRun {
  return storedRun(SAGA_RUN, 'order-saga', failedAnswer(SAGA_RUN, 13, 'pay'), [
    row(1, T0, started(), scheduled('flight')),
    row(3, T0 + 200, succeeded('flight'), scheduled('hotel')),
    row(5, T0 + 400, succeeded('hotel'), scheduled('pay')),
    row(7, T0 + 600, nodeFailed('pay'), runFailing(), scheduled('hotel~compensate')),
    row(10, T0 + 800, succeeded('hotel~compensate'), scheduled('flight~compensate')),
    row(12, T0 + 1000, succeeded('flight~compensate'), runFailed('pay')),
  ]);
}

function failedRun(): StoredRun {
  return storedRun(FAILED_RUN, 'order-failed', failedAnswer(FAILED_RUN, 7, 'bad'), [
    row(1, T0, started(), scheduled('good')),
    row(3, T0 + 200, called('good'), succeeded('good'), scheduled('bad')),
    row(6, T0 + 400, nodeFailed('bad'), runFailed('bad')),
  ]);
}

function retryRun(): StoredRun {
  const forked = { workflowId: 'w', forkedFrom: { runId: FAILED_RUN } };
  return storedRun(RETRY_RUN, 'order-failed', failedAnswer(RETRY_RUN, 6, 'bad'), [
    row(
      1,
      T0 + 500,
      event({ case: 'runStarted', value: forked }),
      reusedResult('good'),
      succeeded('good'),
      scheduled('bad'),
    ),
    row(5, T0 + 700, nodeFailed('bad'), runFailed('bad')),
  ]);
}

function gatedRun(): StoredRun {
  return storedRun(GATED_RUN, 'order-gated', answer(GATED_RUN, 'DONE', 3), [
    row(1, T0, started()),
    row(2, T0 + 100, signalReceived('s'), done()),
  ]);
}

function firedRun(runId: string, index: number): StoredRun {
  const fireMs = T0 + index * 1000;
  const run = storedRun(runId, '', answer(runId, 'DONE', 4), [
    row(1, fireMs + 5, started(), scheduled('first')),
    row(3, fireMs + 200, succeeded('first'), done()),
  ]);
  return { ...run, labels: { 'skein.schedule_id': 'tick', 'skein.fire_time': new Date(fireMs).toISOString() } };
}
