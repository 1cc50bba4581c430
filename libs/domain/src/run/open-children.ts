import { isJsonArray } from '../expression/json.ts';
import type { PlanNode } from '../workflow/plan.ts';
import type { ReadableRun } from './node-scope.ts';
import { Payload } from './payload.ts';
import type { NodeRun } from './state.ts';

/** A child run that has not ended, as its parent knows it. */
export interface OpenChild {
  readonly nodeId: string;
  readonly attempt: number;
  /** Position among the attempt's children, from 0. */
  readonly index: number;
  readonly childRunId: string;
}

/** The child runs of a run that are open; those of nodes that wait for them, or (`isWanted: false`) that do not any more. */
export function openChildren(run: ReadableRun, { isWanted }: { readonly isWanted: boolean }): readonly OpenChild[] {
  const found: OpenChild[] = [];
  // Who waits is open.
  const nodes = isWanted ? run.nodes.open : run.nodes;
  for (const { id, status, attempt, children } of nodes.values()) {
    if (children === undefined || children.open.size === 0 || (status === 'WAITING') !== isWanted) continue;
    for (const [index, childRunId] of children.open) found.push({ nodeId: id, attempt, index, childRunId });
  }
  return found;
}

/** What a child run is given. `nodeInput`: the input of the node's attempt. */
export function childInput(node: PlanNode, { children }: NodeRun, index: number, nodeInput: Payload): Payload {
  if (node.work.kind === 'map') {
    const items = nodeInput.value;
    return Payload.fromValue((isJsonArray(items) ? items[index] : undefined) ?? null);
  }
  const before = index === 0 ? undefined : children?.last?.outcome;
  return before !== undefined && 'output' in before ? before.output : nodeInput;
}
