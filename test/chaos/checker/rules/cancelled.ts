import type { AgentCall } from '../../agents/journal.ts';
import { childrenByParent, descendantsOf, isUndoing } from '../family.ts';
import { callsByRun, placedEvents, rule, type Finding, type RoundHistory, type StoredRun } from '../history.ts';
import { overlapMs } from '../interval.ts';

/** Time for a cancellation to reach the agents, not counting time in which anything was frozen or cut, or stood still. */
export const REACH_MS = 5000;

/** A cancellation that was answered is honoured, of a run as of a node that the run goes on without. */
export const cancelled = rule(
  'cancelled',
  `a run whose cancellation was answered is CANCELLED, or TERMINATED where it was terminated, and within ${REACH_MS} ms no agent works for it, its child runs, or a node that is not needed any more, but to undo what was done`,
  (history) => {
    const byRun = callsByRun(history.calls);
    const byParent = childrenByParent(history);
    const ofRuns = history.records.flatMap(({ order, cancelledAtMs, deletion, runIds: [runId = ''] }): Finding[] => {
      if (cancelledAtMs === undefined || (deletion !== undefined && !history.runs.has(runId))) return [];
      const state = history.runs.get(runId)?.answers.at(-1)?.state ?? 'lost';
      const findings: Finding[] = [];
      const right = order.terminated ? 'TERMINATED' : 'CANCELLED';
      if (state !== right) findings.push({ runId, text: `${order.id} was to be ${right} and is ${state}` });
      const family = [runId, ...descendantsOf(runId, byParent).map((child) => child.runId)];
      const calls = family.flatMap((id) => byRun.get(id) ?? []).filter(({ nodeId }) => !isUndoing(nodeId));
      return [...findings, ...stillAtWork(history, calls, cancelledAtMs)];
    });
    const ofNodes = [...history.runs.values()].flatMap((run) =>
      cancelledNodes(run).flatMap(({ nodeId, atMs }) => {
        const calls = (byRun.get(run.runId) ?? []).filter((call) => call.nodeId === nodeId);
        return stillAtWork(history, calls, atMs);
      }),
    );
    return [...ofRuns, ...ofNodes];
  },
);

/** Nodes that a run went on without. */
function cancelledNodes(run: StoredRun) {
  return placedEvents(run).flatMap(({ event, committedAtMs: atMs }) =>
    event.case === 'nodeCancelled' ? [{ nodeId: event.value.nodeId, atMs }] : [],
  );
}

function stillAtWork(history: RoundHistory, calls: readonly AgentCall[], cancelledAtMs: number): Finding[] {
  const excused = [...history.held, ...history.stalls, ...history.silences];
  return calls.flatMap(({ runId, nodeId, dispatch, startedAtMs, endedAtMs }) => {
    const worked = { fromMs: cancelledAtMs, toMs: endedAtMs ?? history.observedUntilMs };
    const afterMs = worked.toMs - cancelledAtMs - overlapMs(worked, excused);
    if (afterMs <= REACH_MS) return [];
    const since = startedAtMs > cancelledAtMs ? 'called for it' : 'at work';
    return [
      { runId, text: `${nodeId} (dispatch ${dispatch}) was still ${since} ${afterMs} ms after the cancellation` },
    ];
  });
}
