import type { AgentCall } from '../../agents/journal.ts';
import { callsByRun, placedEvents, rule, type Finding, type RoundHistory, type StoredRun } from '../history.ts';
import { overlapMs } from '../interval.ts';

/**
 * A call may be on its way when the result of another dispatch is committed. It has this long to arrive, not counting
 * time in which anything was frozen or cut.
 */
export const UNDER_WAY_MS = 2000;

/** No agent is called again for a committed result. */
export const notAgain = rule(
  'not-again',
  `no agent is called for a node whose success is committed, later than ${UNDER_WAY_MS} ms after that commit`,
  (history) => {
    const calls = callsByRun(history.calls);
    return [...history.runs.values()].flatMap((run) => ofRun(history, run, calls.get(run.runId) ?? []));
  },
);

function ofRun(history: RoundHistory, run: StoredRun, calls: readonly AgentCall[]): Finding[] {
  const successes = placedEvents(run).flatMap(({ event, committedAtMs }) =>
    event.case === 'nodeSucceeded' ? [{ nodeId: event.value.nodeId, attempt: event.value.attempt, committedAtMs }] : [],
  );
  return successes.flatMap(({ nodeId, attempt, committedAtMs }) =>
    calls
      .filter((call) => call.nodeId === nodeId && isAgain(history, call, attempt, committedAtMs))
      .map((call) => ({
        runId: run.runId,
        text: `${nodeId} succeeded in attempt ${attempt}, committed at ${committedAtMs}; its agent was called for attempt ${call.attempt}, dispatch ${call.dispatch}, ${call.startedAtMs - committedAtMs} ms later`,
      })),
  );
}

function isAgain(history: RoundHistory, call: AgentCall, attempt: number, committedAtMs: number): boolean {
  // An attempt after the one that succeeded was never decided: no excuse.
  if (call.attempt > attempt) return true;
  const lateMs = call.startedAtMs - committedAtMs;
  if (lateMs <= UNDER_WAY_MS) return false;
  const since = { fromMs: committedAtMs, toMs: call.startedAtMs };
  return lateMs - overlapMs(since, [...history.held, ...history.stalls]) > UNDER_WAY_MS;
}
