import { hash } from 'node:crypto';
import type { Scope } from '../expression/scope.ts';
import type { PlanNode } from '../workflow/plan.ts';
import { compensatedId } from '../workflow/compensation-id.ts';
import { composesInput, resolveInput } from '../workflow/resolve-input.ts';
import { runScope, takenPredecessors, type ReadableRun } from './node-scope.ts';
import { Payload } from './payload.ts';
import type { NodeRun } from './state.ts';

/** A node's input, and where it is from. */
export interface NodeInput {
  readonly payload: Payload;
  /** The event that holds exactly this value; undefined where it was computed. */
  readonly heldBySeq: number | undefined;
  /** The events whose outputs went into it, ascending; 1 is the run's input. */
  readonly fromSeqs: readonly number[];
}

/**
 * The input of a node as it is, or was, when the node became ready. Deterministic: what ended
 * at or after `beforeSeq` is not seen.
 * @throws ExpressionError when a template fails on this run's data.
 */
export function nodeInput(run: ReadableRun, node: PlanNode, beforeSeq: number): NodeInput {
  const undoneId = compensatedId(node.id);
  if (undoneId !== undefined) return compensationInput(run, node, run.nodes.get(undoneId));
  const before = takenPredecessors(run, node, beforeSeq);
  const passed = passedThrough(run, node, before);
  if (passed !== undefined) return passed;
  const scope = nodeScope(run, before, beforeSeq);
  const value = resolveInput(
    node,
    scope,
    before.map((predecessor) => predecessor.id),
  );
  return { payload: Payload.fromValue(value), heldBySeq: undefined, fromSeqs: sourceSeqs(run, node, before) };
}

/** What undoes a node gets the node's output, unless it says otherwise. */
function compensationInput(run: ReadableRun, node: PlanNode, undone: NodeRun | undefined): NodeInput {
  const { output = Payload.fromValue(null), outputSeq = 0 } = undone ?? {};
  if (node.input === undefined) return { payload: output, heldBySeq: outputSeq, fromSeqs: [outputSeq] };
  const value = node.input.evaluate(runScope(run, { last: output.value, error: run.failure }));
  return { payload: Payload.fromValue(value), heldBySeq: undefined, fromSeqs: sourceSeqs(run, node, []) };
}

/** What a node's own expressions see. */
export function nodeScope(run: ReadableRun, before: readonly NodeRun[], beforeSeq: number): Scope {
  const latest = before.reduce<NodeRun | undefined>(
    (found, node) => (found === undefined || node.endedSeq > found.endedSeq ? node : found),
    undefined,
  );
  const error = before.find((node) => node.status === 'FAILED')?.failure;
  return runScope(run, { beforeSeq, last: latest?.output?.value, error });
}

/** First 16 bytes of the SHA-256 of a payload's text: enough to notice that an input came out different. */
export function payloadDigest(payload: Payload): Uint8Array {
  return hash('sha256', payload.bytes, 'buffer').subarray(0, 16);
}

/** The common case costs nothing: without a template, the one value before a node is its input as it stands. */
function passedThrough(run: ReadableRun, node: PlanNode, before: readonly NodeRun[]): NodeInput | undefined {
  if (node.input !== undefined || composesInput(node.work)) return undefined;
  const [only] = before;
  if (only === undefined) {
    return node.predecessors.length === 0 ? { payload: run.input, heldBySeq: 1, fromSeqs: [1] } : undefined;
  }
  if (before.length > 1) return undefined;
  if (only.output === undefined) return undefined;
  return { payload: only.output, heldBySeq: only.outputSeq, fromSeqs: [only.outputSeq] };
}

function sourceSeqs(run: ReadableRun, node: PlanNode, before: readonly NodeRun[]): number[] {
  const seqs = new Set<number>();
  for (const id of node.needs) seqs.add(run.nodes.get(id)?.outputSeq ?? 0);
  for (const predecessor of before) seqs.add(predecessor.outputSeq);
  seqs.delete(0);
  return [...seqs].toSorted((a, b) => a - b);
}
