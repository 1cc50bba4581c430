import type { JsonObject, JsonValue } from '../expression/json.ts';
import type { Scope } from '../expression/scope.ts';
import type { PlanNode } from '../workflow/plan.ts';
import type { Failure } from './failure.ts';
import type { RunDraft } from './evolve.ts';
import { isFinal, type NodeRun, type RunState } from './state.ts';

/** What may be read of a run: a finished state or one under construction. */
export type ReadableRun = RunState | RunDraft;

/** Differences from the plain view of a run. */
export interface ScopeOptions {
  /** Only outputs of nodes that ended before this seq; what came later was not there when a node was scheduled. */
  readonly beforeSeq?: number;
  readonly last?: JsonValue | undefined;
  /** Default: the position of this run among its siblings, where it runs a graph within a node. */
  readonly index?: number;
  readonly error?: Failure | undefined;
}

/** What the expressions of a run see. */
export function runScope(run: ReadableRun, options: ScopeOptions = {}): Scope {
  const beforeSeq = options.beforeSeq ?? Number.POSITIVE_INFINITY;
  return {
    input: run.input.value,
    outputs: (nodeId) => {
      const node = run.nodes.get(nodeId);
      if (node === undefined || node.status !== 'SUCCEEDED' || node.endedSeq >= beforeSeq) return undefined;
      return node.output?.value;
    },
    last: options.last,
    run: {
      id: run.runId,
      workflow_id: run.workflowId,
      workflow_version: run.workflowVersion,
      namespace: run.namespace,
      session_id: run.sessionId,
    },
    error: options.error === undefined ? undefined : failureValue(options.error),
    ...(run.bodyPath === '' ? {} : { item: run.input.value, index: run.parent?.index }),
    ...(options.index === undefined ? {} : { index: options.index }),
  };
}

function failureValue(failure: Failure): JsonObject {
  const { code, message, place } = failure;
  return { code, message, place, ...(failure.details === undefined ? {} : { details: failure.details }) };
}

/** The nodes whose taken edges lead to this one, in document order. */
export function takenPredecessors(run: ReadableRun, node: PlanNode, beforeSeq: number): NodeRun[] {
  const taken: NodeRun[] = [];
  for (const id of node.predecessors) {
    const predecessor = run.nodes.get(id);
    if (predecessor === undefined || !isFinal(predecessor)) continue;
    if (predecessor.endedSeq < beforeSeq && predecessor.nextNodeIds.includes(node.id)) {
      taken.push(predecessor);
    }
  }
  return taken;
}
