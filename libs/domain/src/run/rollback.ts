/**
 * How a run comes to its end when something has to be undone first.
 *
 * B1. What undoes a node is begun only after the node has succeeded, once, and only when the run fails or is cancelled.
 * B2. One at a time, the latest success first.
 * B3. One that fails for good is on record, and the others go on: undoing nothing more would make it worse.
 * B4. When nothing is left to undo the run ends as it was going to.
 */
import { ExpressionError } from '../expression/errors.ts';
import { compensatedId } from '../workflow/compensation-id.ts';
import type { PlanNode } from '../workflow/plan.ts';
import { beginAttempt } from './begin-attempt.ts';
import { finalFailure, type Failure } from './failure.ts';
import { nodeInput } from './node-input.ts';
import { isFinal } from './state.ts';
import { draftOfTurn, emit, type Turn } from './turn.ts';

/** The run fails. Empty node id: as a whole. */
export function failRun(turn: Turn, failure: Failure, nodeId: string): void {
  if (nextToUndo(turn) === undefined) return emit(turn, { kind: 'run_failed', failure, nodeId });
  emit(turn, { kind: 'run_failing', failure, nodeId });
  continueRollback(turn);
}

/** Somebody cancels the run. */
export function cancelRun(turn: Turn, reason: string): void {
  const { status } = draftOfTurn(turn);
  if (status !== 'RUNNING' && status !== 'CREATED') return;
  if (nextToUndo(turn) === undefined) return emit(turn, { kind: 'run_cancelled', reason });
  emit(turn, { kind: 'run_cancelling', reason });
  continueRollback(turn);
}

/** Whether the node undoes another. */
export function isCompensation(node: PlanNode): boolean {
  return compensatedId(node.id) !== undefined;
}

/** B2, B4. */
export function continueRollback(turn: Turn): void {
  for (;;) {
    const draft = draftOfTurn(turn);
    for (const id of turn.plan.compensations.keys()) {
      const run = draft.nodes.get(id);
      if (run !== undefined && !isFinal(run)) return;
    }
    const next = nextToUndo(turn);
    if (next === undefined) return endRun(turn);
    if (beginCompensation(turn, next)) return;
  }
}

/** The node that succeeded last and has something left to undo (B1, B2). */
function nextToUndo(turn: Turn): PlanNode | undefined {
  const { nodes } = draftOfTurn(turn);
  let latestSeq = 0;
  let found: PlanNode | undefined;
  for (const node of turn.plan.compensations.values()) {
    const undone = nodes.get(compensatedId(node.id) ?? '');
    if (undone?.status !== 'SUCCEEDED' || nodes.has(node.id) || undone.endedSeq < latestSeq) continue;
    latestSeq = undone.endedSeq;
    found = node;
  }
  return found;
}

/** Answers whether it is under way (B3). */
function beginCompensation(turn: Turn, node: PlanNode): boolean {
  const draft = draftOfTurn(turn);
  try {
    const begun = beginAttempt(turn, node, 1, nodeInput(draft, node, draft.seq + 1));
    if (begun === undefined) return true;
    if ('failure' in begun) emit(turn, failed(node, begun.failure));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const remedy = 'undo it by hand, and correct the expression';
    emit(turn, failed(node, finalFailure('EXPRESSION_FAILED', error.message, `nodes.${node.id}`, remedy)));
  }
  return false;
}

function failed({ id: nodeId }: PlanNode, failure: Failure) {
  return { kind: 'node_failed' as const, nodeId, attempt: 0, failure, nextNodeIds: [] };
}

function endRun(turn: Turn): void {
  const { status, failure, failedNodeId, cancelReason } = draftOfTurn(turn);
  if (status === 'FAILING' && failure !== undefined) {
    emit(turn, { kind: 'run_failed', failure, nodeId: failedNodeId });
  } else emit(turn, { kind: 'run_cancelled', reason: cancelReason });
}
