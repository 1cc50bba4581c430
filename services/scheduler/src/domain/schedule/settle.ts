/** Writes down what came of fires that were to be started. Pure. */
import { MAX_RECENT } from './advance.ts';
import type { FireFailure, ScheduleState } from './schedule.ts';

/** What came of one: it exists, it never will, or nobody knows yet. */
export type StartOutcome =
  | { readonly kind: 'started' }
  | { readonly kind: 'failed'; readonly failure: FireFailure }
  | { readonly kind: 'unsettled'; readonly failure: FireFailure };

/** Open runs that are remembered; of more, the oldest are let go. */
export const MAX_RUNNING = 100;

/**
 * The state after these outcomes, by run id. One that is still unsettled is tried again until it is older than the
 * catch-up window; then it has failed. Outcomes of fires that are not pending any more change nothing.
 */
export function settle(
  state: ScheduleState,
  outcomes: ReadonlyMap<string, StartOutcome>,
  catchUpWindowMs: number,
  nowMs: number,
): ScheduleState {
  let { running, recent } = state;
  const pending = state.pending.filter((fire) => {
    const outcome = outcomes.get(fire.runId);
    if (outcome === undefined) return true;
    if (outcome.kind === 'unsettled' && nowMs - fire.decidedMs < catchUpWindowMs) return true;
    const { kind, fireMs, runId, decidedMs } = fire;
    const settled = { kind, fireMs, runId, decidedMs };
    if (outcome.kind === 'started') {
      running = [...running.filter((it) => it.runId !== runId), { fireMs, runId }].slice(-MAX_RUNNING);
      recent = [{ ...settled, outcome: 'started' as const }, ...recent];
    } else {
      recent = [{ ...settled, outcome: 'failed' as const, failure: outcome.failure }, ...recent];
    }
    return false;
  });
  return pending.length === state.pending.length
    ? state
    : { ...state, pending, running, recent: recent.slice(0, MAX_RECENT) };
}
