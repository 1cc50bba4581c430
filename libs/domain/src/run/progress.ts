/**
 * How a run goes on when a node has reached its last state: which nodes become
 * ready, which can no longer be reached, and whether the run has ended.
 *
 * P1. A node is decided once all it waits for is: `all` when every incoming edge
 *     is resolved, `any` and `N` as soon as enough edges are taken or too few are left.
 * P2. A node that nothing leads to any more is skipped, and so are its own edges;
 *     therefore every node of an acyclic graph ends and with them the run.
 * P3. A run ends once, when no node is open.
 */
import { ExpressionError } from '../expression/errors.ts';
import type { Scope } from '../expression/scope.ts';
import { chooseEdges } from '../workflow/choose-edges.ts';
import type { EdgeOutcome } from '../workflow/definition.ts';
import type { PlanNode } from '../workflow/plan.ts';
import { localOutput } from '../workflow/resolve-input.ts';
import { resolveOutput } from '../workflow/resolve-output.ts';
import { beginAttempt, passedOn, type Begun } from './begin-attempt.ts';
import type { OutputHolder } from './event.ts';
import { outputOf } from './evolve.ts';
import { finalFailure, type Failure } from './failure.ts';
import { cancelLosers } from './losers.ts';
import { nodeInput, nodeScope, payloadDigest, type NodeInput } from './node-input.ts';
import { runScope, takenPredecessors } from './node-scope.ts';
import { MAX_PAYLOAD_BYTES, Payload } from './payload.ts';
import { continueRollback, failRun, isCompensation } from './rollback.ts';
import { isFinal } from './state.ts';
import { draftOfTurn, emit, planNode, type Turn } from './turn.ts';

/** Readies the start nodes. */
export function beginProgress(turn: Turn): void {
  for (const nodeId of turn.plan.startNodes) {
    const { status, nodes } = draftOfTurn(turn);
    if (status !== 'RUNNING') return;
    // What came of the nodes before may have made this one useless.
    if (!nodes.has(nodeId)) enterNode(turn, planNode(turn.plan, nodeId));
  }
  endRunIfComplete(turn);
}

/** The node has its output: records it and goes on. */
export function succeedNode(turn: Turn, node: PlanNode, attempt: number, result: OutputHolder): void {
  const choice = choose(turn, node, 'success', outputOf(draftOfTurn(turn), result, node.id));
  if ('failure' in choice) return failNode(turn, node, attempt, choice.failure);
  const { nextNodeIds, missingPaths } = choice;
  emit(turn, { kind: 'node_succeeded', nodeId: node.id, attempt, result, nextNodeIds, missingPaths });
  if (isCompensation(node)) return continueRollback(turn);
  goOn(turn, node);
}

/** An attempt has begun; where it came to an end at once, that is taken. */
export function goOnFrom(turn: Turn, node: PlanNode, attempt: number, begun: Begun): void {
  if (begun === undefined) return;
  if ('failure' in begun) failNode(turn, node, attempt, begun.failure);
  else succeedNode(turn, node, attempt, begun.result);
}

/** The node failed for good: its `on_error` says what becomes of the run. */
export function failNode(turn: Turn, node: PlanNode, attempt: number, failure: Failure): void {
  const nodeId = node.id;
  if (isCompensation(node)) {
    emit(turn, { kind: 'node_failed', nodeId, attempt, failure, nextNodeIds: [] });
    return continueRollback(turn);
  }
  if (node.onError === 'skip') {
    const choice = choose(turn, node, 'success', undefined);
    const nextNodeIds = 'failure' in choice ? [] : choice.nextNodeIds;
    emit(turn, { kind: 'node_skipped', nodeId, reason: 'error_skipped', failure, nextNodeIds });
    return goOn(turn, node);
  }
  if (node.onError === 'route') {
    const choice = choose(turn, node, 'error', undefined, failure);
    if (!('failure' in choice) && choice.nextNodeIds.length > 0) {
      emit(turn, { kind: 'node_failed', nodeId, attempt, failure, nextNodeIds: choice.nextNodeIds });
      return goOn(turn, node);
    }
  }
  emit(turn, { kind: 'node_failed', nodeId, attempt, failure, nextNodeIds: [] });
  failRun(turn, failure, nodeId);
}

/** A failure where an expression of the workflow does not work on this run's data; rethrows anything else. */
export function expressionFailure(error: unknown, place: string): Failure {
  if (!(error instanceof ExpressionError)) throw error;
  return finalFailure('EXPRESSION_FAILED', error.message, place, 'correct the expression and apply the workflow again');
}

function goOn(turn: Turn, from: PlanNode): void {
  for (const edge of from.outgoing) {
    if (draftOfTurn(turn).status !== 'RUNNING') return;
    settle(turn, planNode(turn.plan, edge.to));
  }
  endRunIfComplete(turn);
}

/** Decides a node that waits for others, if they leave no doubt (P1, P2). */
function settle(turn: Turn, node: PlanNode): void {
  const draft = draftOfTurn(turn);
  if (draft.nodes.has(node.id)) return;
  const resolved = node.predecessors.filter((id) => isFinal(draft.nodes.get(id))).length;
  const open = node.predecessors.length - resolved;
  const taken = takenPredecessors(draft, node, Number.POSITIVE_INFINITY).length;
  const wanted = node.join === 'all' ? Math.max(1, taken) : node.join === 'any' ? 1 : node.join;
  const enough = node.join === 'all' ? open === 0 && taken > 0 : taken >= wanted;
  if (enough) {
    cancelLosers(turn, node);
    return enterNode(turn, node);
  }
  if (taken + open >= wanted && open > 0) return;
  emit(turn, { kind: 'node_skipped', nodeId: node.id, reason: 'not_reached', nextNodeIds: [] });
  goOn(turn, node);
}

/** A node's turn has come. */
function enterNode(turn: Turn, node: PlanNode): void {
  const draft = draftOfTurn(turn);
  const beforeSeq = draft.seq + 1;
  try {
    const before = takenPredecessors(draft, node, beforeSeq);
    const scope = nodeScope(draft, before, beforeSeq);
    if (node.when !== undefined && !node.when.evaluate(scope).holds) {
      const choice = choose(turn, node, 'success', undefined);
      const nextNodeIds = 'failure' in choice ? [] : choice.nextNodeIds;
      emit(turn, { kind: 'node_skipped', nodeId: node.id, reason: 'condition_false', nextNodeIds });
      return goOn(turn, node);
    }
    const input = nodeInput(draft, node, beforeSeq);
    if (input.payload.bytes.byteLength > MAX_PAYLOAD_BYTES) return failNode(turn, node, 0, tooLarge(node, 'input'));
    if (node.work.kind !== 'local') return begin(turn, node, input);
    const result = localResult(node, scope, input);
    if ('output' in result && result.output.bytes.byteLength > MAX_PAYLOAD_BYTES) {
      return failNode(turn, node, 0, tooLarge(node, 'output'));
    }
    succeedNode(turn, node, 1, result);
  } catch (error) {
    failNode(turn, node, 0, expressionFailure(error, `nodes.${node.id}`));
  }
}

/** A fork does not do again what was done with the same input. */
function begin(turn: Turn, node: PlanNode, input: NodeInput): void {
  const done = turn.reusable.get(node.id);
  const digest = done?.inputDigest;
  if (done === undefined || (digest && Buffer.compare(digest, payloadDigest(input.payload)) !== 0)) {
    return goOnFrom(turn, node, 1, beginAttempt(turn, node, 1, input));
  }
  emit(turn, { kind: 'result_reused', nodeId: node.id, output: done.output, fromSeq: done.seq });
  succeedNode(turn, node, 1, { outputSeq: draftOfTurn(turn).seq });
}

function localResult(node: PlanNode, scope: Scope, input: NodeInput): OutputHolder {
  if (node.work.kind !== 'local' || node.work.expression === undefined) return passedOn(input);
  return { output: Payload.fromValue(localOutput(node, scope, input.payload.value)) };
}

type Choice =
  | { readonly nextNodeIds: readonly string[]; readonly missingPaths: readonly string[] }
  | { readonly failure: Failure };

function choose(
  turn: Turn,
  node: PlanNode,
  outcome: EdgeOutcome,
  output: Payload | undefined,
  error?: Failure,
): Choice {
  if (node.outgoing.length === 0) return { nextNodeIds: [], missingPaths: [] };
  const draft = draftOfTurn(turn);
  const plain = runScope(draft, { last: output?.value, error });
  const outputs = (nodeId: string) => (nodeId === node.id ? output?.value : plain.outputs(nodeId));
  try {
    const { taken, missing } = chooseEdges(node, { ...plain, outputs }, outcome);
    const nextNodeIds = taken.map((index) => turn.plan.edges[index]?.to ?? '');
    return { nextNodeIds: [...new Set(nextNodeIds)], missingPaths: missing.map(({ path }) => path) };
  } catch (thrown) {
    return { failure: expressionFailure(thrown, `nodes.${node.id}`) };
  }
}

/** P3. */
function endRunIfComplete(turn: Turn): void {
  const draft = draftOfTurn(turn);
  if (draft.status !== 'RUNNING' || draft.nodes.open.size > 0) return;
  for (const nodeId of turn.plan.nodes.keys()) {
    if (!isFinal(draft.nodes.get(nodeId))) return;
  }
  const endedAt = [...turn.plan.nodes.keys()].filter((nodeId) => {
    const node = draft.nodes.get(nodeId);
    return node?.status === 'SUCCEEDED' && node.nextNodeIds.length === 0;
  });
  const [only] = endedAt;
  if (turn.plan.output === undefined && endedAt.length === 1 && only !== undefined) {
    return emit(turn, { kind: 'run_done', result: { outputSeq: draft.nodes.get(only)?.outputSeq ?? 0 } });
  }
  try {
    const output = Payload.fromValue(resolveOutput(turn.plan, runScope(draft), endedAt));
    if (output.bytes.byteLength > MAX_PAYLOAD_BYTES) {
      const failure = finalFailure('PAYLOAD_TOO_LARGE', tooLargeMessage('output of the run'), 'output', SMALLER);
      return failRun(turn, failure, '');
    }
    emit(turn, { kind: 'run_done', result: { output } });
  } catch (error) {
    failRun(turn, expressionFailure(error, 'output'), '');
  }
}

const SMALLER = 'pass a reference, or only the fields that are needed';

function tooLarge(node: PlanNode, what: 'input' | 'output'): Failure {
  return finalFailure('PAYLOAD_TOO_LARGE', tooLargeMessage(what), `nodes.${node.id}`, SMALLER);
}

function tooLargeMessage(what: string): string {
  return `the ${what} is larger than ${MAX_PAYLOAD_BYTES} bytes of JSON`;
}
