import type { AgentCall } from '../../agents/journal.ts';
import { callsByRun, rule, type Finding, type RoundHistory } from '../history.ts';
import { overlapMs } from '../interval.ts';

/** Time for a cancellation to reach the agents, not counting time in which anything was frozen or cut, or stood still. */
export const REACH_MS = 5000;

/** A cancellation that was answered is honoured. */
export const cancelled = rule(
  'cancelled',
  `a run whose cancellation was answered is CANCELLED, and within ${REACH_MS} ms no agent works for it any more`,
  (history) => {
    const byRun = callsByRun(history.calls);
    return history.records.flatMap(({ order, cancelledAtMs, runIds: [runId = ''] }): Finding[] => {
      if (cancelledAtMs === undefined) return [];
      const state = history.runs.get(runId)?.answers.at(-1)?.state ?? 'lost';
      const findings: Finding[] = [];
      if (state !== 'CANCELLED') findings.push({ runId, text: `${order.id} was cancelled and is ${state}` });
      return [...findings, ...stillAtWork(history, runId, byRun.get(runId) ?? [], cancelledAtMs)];
    });
  },
);

function stillAtWork(
  history: RoundHistory,
  runId: string,
  calls: readonly AgentCall[],
  cancelledAtMs: number,
): Finding[] {
  const excused = [...history.held, ...history.stalls, ...history.silences];
  return calls.flatMap(({ nodeId, dispatch, startedAtMs, endedAtMs }) => {
    const worked = { fromMs: cancelledAtMs, toMs: endedAtMs ?? history.observedUntilMs };
    const afterMs = worked.toMs - cancelledAtMs - overlapMs(worked, excused);
    if (afterMs <= REACH_MS) return [];
    const since = startedAtMs > cancelledAtMs ? 'called for it' : 'at work';
    return [
      { runId, text: `${nodeId} (dispatch ${dispatch}) was still ${since} ${afterMs} ms after the cancellation` },
    ];
  });
}
