import { ExpressionError } from '../expression/errors.ts';
import type { JsonObject, JsonValue } from '../expression/json.ts';
import type { Scope } from '../expression/scope.ts';
import {
  SearchAttributeError,
  searchAttributeOf,
  type SearchAttribute,
  type SearchAttributes,
} from '../run/search-attributes.ts';
import type { Plan } from './plan.ts';

/**
 * What a workflow's `search_attributes` are for one run. A path that the input does not have, and null, make no
 * attribute. The values are not checked for their bounds.
 *
 * Pure. @throws SearchAttributeError where an expression fails, or gives what no attribute can be
 */
export function resolveSearchAttributes(plan: Plan, input: JsonValue, run: JsonObject): SearchAttributes {
  if (plan.searchAttributes.size === 0) return {};
  const scope: Scope = { input, outputs: () => undefined, run };
  const made: Record<string, SearchAttribute> = {};
  for (const [name, template] of plan.searchAttributes) {
    const value = evaluated(name, () => template.evaluate(scope));
    const attribute = searchAttributeOf(name, value);
    if (attribute !== undefined) made[name] = attribute;
  }
  return made;
}

function evaluated(name: string, evaluate: () => JsonValue): JsonValue {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    if (error.code === 'MISSING_KEY') return null;
    throw new SearchAttributeError(name, error.message);
  }
}
