import { compensationId } from './compensation-id.ts';
import { compileNode, type NodeSurroundings } from './compile-node.ts';
import type { NodeDefinition } from './definition.ts';
import type { PlanNode } from './plan.ts';

/** Compiles what undoes nodes: nodes outside the graph, that nothing leads to and that lead nowhere. */
export function compileCompensations(around: NodeSurroundings): ReadonlyMap<string, PlanNode> {
  const compensations = new Map<string, PlanNode>();
  const outside = { ...around, incoming: new Map(), outgoing: new Map() };
  for (const [index, { id, compensate }] of around.definition.nodes.entries()) {
    if (compensate === undefined) continue;
    const node: NodeDefinition = { ...compensate, id: compensationId(id) };
    const problems = around.problems.seenFrom(([, , ...rest]) => ['nodes', index, 'compensate', ...rest]);
    compensations.set(node.id, compileNode(node, index, { ...outside, problems }));
  }
  return compensations;
}
