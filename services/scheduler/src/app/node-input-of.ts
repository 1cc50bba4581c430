/** What a node of a run was given: computed again from the definition and the outputs before it. */
import { Code } from '@connectrpc/connect';
import { ExpressionError, nodeInput, type NodeInput, type NodeRun, type PlanNode } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import type { FoundRun } from './find-run.ts';

/** A node's input, and the attempt it was given to. */
export interface GivenInput extends NodeInput {
  /** Zero: the scheduler computes the node itself. */
  readonly attempt: number;
  readonly node: PlanNode;
}

/**
 * The input of a node in an attempt; `attempt` zero stands for the latest.
 * @throws NODE_NOT_FOUND, NODE_INPUT_UNAVAILABLE
 */
export function nodeInputOf({ state, plan }: FoundRun, nodeId: string, attempt: number): GivenInput {
  const node = plan.nodes.get(nodeId);
  if (node === undefined) throw nodeNotFound(nodeId, [...plan.nodes.keys()]);
  const run = state.nodes.get(nodeId);
  if (run === undefined) throw unavailable(nodeId, 'the run has not come to it', 'ask again when it has');
  const last = node.work.kind === 'local' ? 0 : run.attempt;
  if (attempt > last) {
    const remedy = last === 0 ? 'leave the attempt out' : `ask for an attempt from 1 to ${last}`;
    throw unavailable(nodeId, `there was no attempt ${attempt}`, remedy);
  }
  const beforeSeq = node.work.kind === 'local' ? run.endedSeq : run.inputSeq;
  if (beforeSeq === 0 || (node.work.kind === 'local' && run.status === 'SKIPPED')) throw neverGiven(nodeId, run);
  try {
    return { ...nodeInput(state, node, beforeSeq), attempt: attempt === 0 ? last : attempt, node };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw unavailable(nodeId, `an expression of its input failed: ${error.message}`, 'correct the workflow');
  }
}

function neverGiven(nodeId: string, run: NodeRun) {
  if (run.attempt === 0) return unavailable(nodeId, `it is ${run.status} and was never given any`, '');
  return unavailable(nodeId, 'an earlier version of the scheduler has pruned the run', 'see the events of the run');
}

function nodeNotFound(nodeId: string, known: readonly string[]) {
  return skeinError({
    reason: 'NODE_NOT_FOUND',
    code: Code.NotFound,
    message: `the workflow of this run has no node ${nodeId}`,
    place: 'node_id',
    remedy: `its nodes: ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}`,
  });
}

function unavailable(nodeId: string, why: string, remedy: string) {
  return skeinError({
    reason: 'NODE_INPUT_UNAVAILABLE',
    code: Code.FailedPrecondition,
    message: `node ${nodeId} has no input to show: ${why}`,
    place: `nodes.${nodeId}`,
    ...(remedy === '' ? {} : { remedy }),
  });
}
