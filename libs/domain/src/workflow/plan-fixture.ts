import type { EdgeDefinition, NodeDefinition, WorkflowDefinition } from './definition.ts';
import { compileWorkflow } from './compile-plan.ts';
import type { Plan, PlanNode } from './plan.ts';

/** A plan for tests: nodes given by id alone pass their input on. */
export function testPlan(
  nodes: readonly (string | NodeDefinition)[],
  edges: readonly EdgeDefinition[] = [],
  more: Partial<WorkflowDefinition> = {},
): Plan {
  return compileWorkflow({
    id: 'w',
    nodes: nodes.map((node): NodeDefinition => (typeof node === 'string' ? { id: node, type: 'decision' } : node)),
    edges,
    ...more,
  });
}

/** A node of a plan that is surely there. */
export function nodeOf(plan: Plan, id: string): PlanNode {
  const node = plan.nodes.get(id);
  if (node === undefined) throw new Error(`no node ${id}`);
  return node;
}
