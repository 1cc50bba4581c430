import { type JsonValue, setOwn } from '../expression/json.ts';
import type { Scope } from '../expression/scope.ts';
import type { Plan } from './plan.ts';

/**
 * The output of a run: the workflow's `output` template, else the output of the one node the run ended at, else
 * a map of their outputs by node id, in which a node without an output (skipped, failed) is left out. Ended
 * nowhere, or at one node without an output: null.
 *
 * Pure. Raises an ExpressionError where an expression fails, MISSING_KEY where it reads what is not there.
 */
export function resolveOutput(plan: Plan, scope: Scope, endedAt: readonly string[]): JsonValue {
  if (plan.output !== undefined) return plan.output.evaluate(scope);
  const [only] = endedAt;
  if (endedAt.length === 1 && only !== undefined) return scope.outputs(only) ?? null;
  const outputs: Record<string, JsonValue> = {};
  for (const id of endedAt) {
    const output = scope.outputs(id);
    if (output !== undefined) setOwn(outputs, id, output);
  }
  return endedAt.length === 0 ? null : outputs;
}
