/** What becomes of a node whose attempt has failed: another attempt, later, or the end of the node. */
import type { PlanNode } from '../workflow/plan.ts';
import { beginAttempt } from './begin-attempt.ts';
import { finalFailure, leavesOutcomeUnknown, type Failure } from './failure.ts';
import { nodeInput } from './node-input.ts';
import { expressionFailure, failNode, goOnFrom } from './progress.ts';
import { backoffMs } from './retry.ts';
import type { NodeRun } from './state.ts';
import { draftOfTurn, emit, type Turn } from './turn.ts';

/** The attempt failed. */
export function attemptFailed(turn: Turn, plan: PlanNode, attempt: number, failure: Failure): void {
  if (plan.delivery === 'at_most_once' && leavesOutcomeUnknown(failure)) {
    return failNode(turn, plan, attempt, { ...outcomeUnknown(plan), details: { cause: failure.message } });
  }
  const { retry, timeouts } = plan;
  const mayRetry = failure.retryable && !retry.nonRetryable.has(failure.code) && attempt < retry.maxAttempts;
  if (!mayRetry) return failNode(turn, plan, attempt, failure);
  const waitMs = Math.max(backoffMs(retry, attempt, turn.moment.random), failure.retryAfterMs ?? 0);
  const retryAtMs = turn.moment.nowMs + waitMs;
  const firstScheduledAtMs = draftOfTurn(turn).nodes.get(plan.id)?.firstScheduledAtMs ?? 0;
  const { scheduleToCloseMs } = timeouts;
  if (scheduleToCloseMs !== undefined && retryAtMs >= firstScheduledAtMs + scheduleToCloseMs) {
    return failNode(turn, plan, attempt, failure);
  }
  emit(turn, { kind: 'node_retry_scheduled', nodeId: plan.id, nextAttempt: attempt + 1, retryAtMs, failure });
}

/** The time of the next attempt has come. */
export function retryNow(turn: Turn, plan: PlanNode, node: NodeRun): void {
  const attempt = node.attempt + 1;
  try {
    const input = nodeInput(draftOfTurn(turn), plan, node.inputSeq);
    goOnFrom(turn, plan, attempt, beginAttempt(turn, plan, attempt, input));
  } catch (error) {
    failNode(turn, plan, node.attempt, expressionFailure(error, `nodes.${plan.id}`));
  }
}

/** Nobody knows whether the work was done, and it must not be done twice. */
export function outcomeUnknown(plan: PlanNode): Failure {
  const message = 'the call may or may not have been done, and delivery is at_most_once';
  return finalFailure('OUTCOME_UNKNOWN', message, `nodes.${plan.id}`, 'find out at the agent, then start a new run');
}
