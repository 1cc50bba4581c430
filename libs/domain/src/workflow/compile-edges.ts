import type { ExpressionEnv } from '../expression/expression.ts';
import { conditionIn, isFallback } from './compile-part.ts';
import type { EdgeOutcome, NodeDefinition, WorkflowDefinition } from './definition.ts';
import type { PlanEdge, Ways } from './plan.ts';
import type { ProblemList } from './problem-list.ts';

/** Compiles the edges of a workflow, in document order. */
export function compileEdges(
  definition: WorkflowDefinition,
  env: ExpressionEnv,
  problems: ProblemList,
): readonly PlanEdge[] {
  return definition.edges.map((edge, index) => ({
    index,
    from: edge.from,
    to: edge.to,
    on: edge.on ?? 'success',
    condition: conditionIn(edge.condition, ['edges', index, 'condition'], env, problems),
  }));
}

/** Sorts the edges of one outcome of a node for choosing, and reports those that can never be taken. */
export function waysOf(
  node: NodeDefinition,
  outcome: EdgeOutcome,
  outgoing: readonly PlanEdge[],
  definition: WorkflowDefinition,
  problems: ProblemList,
): Ways {
  const edges = outgoing.filter((edge) => edge.on === outcome);
  // By the text: a condition that did not compile is still no fallback.
  const unconditional = edges.filter((edge) => isFallback(definition.edges[edge.index]?.condition ?? ''));
  const conditional = edges.filter((edge) => !unconditional.includes(edge));
  const branch = node.branch ?? (conditional.length > 0 ? 'first' : 'all');
  const oneFallback = branch === 'first' || conditional.length > 0;
  for (const dead of oneFallback ? unconditional.slice(1) : []) {
    problems.add({
      at: ['edges', dead.index],
      code: 'DEAD_EDGE',
      severity: 'warning',
      message: `the edge ${dead.from} → ${dead.to} is never taken: \`${dead.from}\` has an earlier edge without a condition`,
      mend:
        conditional.length > 0
          ? 'give it a condition, or remove it'
          : 'give it a condition, write `branch: all` on the node, or remove it',
    });
  }
  return { branch, conditional, unconditional };
}
