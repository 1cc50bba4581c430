import type { Plan } from '../workflow/plan.ts';
import { isTerminal, type RunState, type Wait } from './state.ts';
import { findPlanNode } from './turn.ts';

/**
 * When the run next has to be looked at with `fire_timers`, in milliseconds since 1970; undefined: no
 * timer. Timeouts that count from a task's dispatch are not among them: only the scheduler knows that time.
 */
export function nextTimerMs(plan: Plan, state: RunState): number | undefined {
  if (isTerminal(state.status)) return undefined;
  let next: number | undefined;
  for (const node of state.nodes.open.values()) {
    const scheduleToCloseMs = findPlanNode(plan, node.id)?.timeouts.scheduleToCloseMs;
    if (scheduleToCloseMs !== undefined) next = earlier(next, node.firstScheduledAtMs + scheduleToCloseMs);
    if (node.retryAtMs !== undefined) next = earlier(next, node.retryAtMs);
    for (const dueMs of node.wait === undefined ? [] : dueTimesOf(node.wait)) next = earlier(next, dueMs);
  }
  return next;
}

/** When something becomes of a wait by the clock alone. */
function dueTimesOf(wait: Wait): readonly number[] {
  switch (wait.kind) {
    case 'time':
      return [wait.dueAtMs];
    case 'signal':
      return wait.dueAtMs === undefined ? [] : [wait.dueAtMs];
    case 'input':
      return [];
    case 'approval':
      return wait.escalateAtMs === undefined ? [wait.expiresAtMs] : [wait.expiresAtMs, wait.escalateAtMs];
  }
}

function earlier(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.min(a, b);
}
