import type { Scope } from '../expression/scope.ts';
import type { EdgeOutcome } from './definition.ts';
import type { PlanEdge, PlanNode, Ways } from './plan.ts';

/** Which edges a finished node takes. */
export interface EdgeChoice {
  /** Indices of the edges taken, ascending; empty: this branch of the run ends here. */
  readonly taken: readonly number[];
  /** The conditions that were false because a path was not in the data. */
  readonly missing: readonly MissingPath[];
}

/** A condition that met a path that is not in the data. */
export interface MissingPath {
  readonly edge: number;
  /** As the condition writes it, such as `output.classify.category`. */
  readonly path: string;
}

/**
 * Chooses among the edges of one outcome. `first`: the first condition that holds wins, else the first edge
 * without a condition. `all`: every condition that holds, else the first edge without one; where no edge has
 * a condition, every edge. Nothing matches: nothing is taken.
 *
 * Pure. Raises an ExpressionError where a condition fails for another reason than a missing path.
 */
export function chooseEdges(node: PlanNode, scope: Scope, outcome: EdgeOutcome): EdgeChoice {
  const ways = node.ways[outcome];
  const missing: MissingPath[] = [];
  const matched = matching(ways, scope, missing);
  const taken = matched.length > 0 ? matched : fallback(ways);
  return { taken: taken.map((edge) => edge.index), missing };
}

function matching(ways: Ways, scope: Scope, missing: MissingPath[]): readonly PlanEdge[] {
  const matched: PlanEdge[] = [];
  for (const edge of ways.conditional) {
    const result = edge.condition?.evaluate(scope);
    if (result?.missing !== undefined) missing.push({ edge: edge.index, path: result.missing });
    if (result?.holds !== true) continue;
    matched.push(edge);
    if (ways.branch === 'first') break;
  }
  return matched;
}

function fallback(ways: Ways): readonly PlanEdge[] {
  const fanOut = ways.branch === 'all' && ways.conditional.length === 0;
  return fanOut ? ways.unconditional : ways.unconditional.slice(0, 1);
}
