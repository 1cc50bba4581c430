import type { Plan } from '../workflow/plan.ts';
import { isFinal, isTerminal, type RunState } from './state.ts';

/**
 * When the run next has to be looked at with `fire_timers`, in milliseconds since 1970; undefined: no
 * timer. Timeouts that count from a task's dispatch are not among them: only the scheduler knows that time.
 */
export function nextTimerMs(plan: Plan, state: RunState): number | undefined {
  if (isTerminal(state.status)) return undefined;
  let next: number | undefined;
  for (const node of state.nodes.values()) {
    if (isFinal(node)) continue;
    const scheduleToCloseMs = plan.nodes.get(node.id)?.timeouts.scheduleToCloseMs;
    if (scheduleToCloseMs !== undefined) next = earlier(next, node.firstScheduledAtMs + scheduleToCloseMs);
    if (node.retryAtMs !== undefined) next = earlier(next, node.retryAtMs);
  }
  return next;
}

function earlier(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.min(a, b);
}
