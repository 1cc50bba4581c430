import { isJsonObject, type JsonValue, setOwn } from '../expression/json.ts';
import type { Scope } from '../expression/scope.ts';
import { resolveLlmRequest } from './llm-request.ts';
import type { NodeWork, PlanNode } from './plan.ts';
import { resolveRpcRequest } from './rpc-work.ts';

/**
 * The input of a node's task, or of a node computed on the spot: its `input` template, else what came before it
 * (see {@link inputBefore}). For an llm or rpc node, the {@link LlmRequest} or {@link RpcRequest} made of it; for a map,
 * its items.
 *
 * `arrivedFrom` names the nodes whose edges led here; by default every predecessor that has an output.
 *
 * Pure. Raises an ExpressionError where an expression fails, MISSING_KEY where it reads what is not there.
 */
export function resolveInput(node: PlanNode, scope: Scope, arrivedFrom?: readonly string[]): JsonValue {
  const own = (): JsonValue =>
    node.input === undefined ? inputBefore(node, scope, arrivedFrom) : node.input.evaluate(scope);
  const { work } = node;
  switch (work.kind) {
    case 'llm':
      return resolveLlmRequest(work, scope, own);
    case 'rpc':
      return resolveRpcRequest(work, scope, own);
    case 'map':
      return work.items.evaluate(scope);
    default:
      return own();
  }
}

/** Whether a task's input is made of more than the node's own: what comes before the node never passes as it is. */
export function composesInput({ kind }: NodeWork): boolean {
  return kind === 'llm' || kind === 'rpc' || kind === 'map';
}

/**
 * What a node gets without an `input` of its own: a start node the run's input; after one node its output; after
 * several a map of their outputs by node id, or with `merge: objects` the fields of all of them in one object;
 * after a failed node, on its error edge, `{ "error": … }`; after skipped nodes only, null.
 */
function inputBefore(node: PlanNode, scope: Scope, arrivedFrom: readonly string[] | undefined): JsonValue {
  if (node.predecessors.length === 0) return scope.input;
  const from =
    arrivedFrom === undefined ? node.predecessors : node.predecessors.filter((id) => arrivedFrom.includes(id));
  const outputs = from.flatMap((id): (readonly [string, JsonValue])[] => {
    const output = scope.outputs(id);
    return output === undefined ? [] : [[id, output]];
  });
  const [first] = outputs;
  if (first === undefined) return scope.error === undefined ? null : { error: scope.error };
  if (node.merge === 'objects') return mergeObjects(outputs);
  return outputs.length === 1 ? first[1] : byNode(outputs);
}

function byNode(outputs: readonly (readonly [string, JsonValue])[]): JsonValue {
  const map: Record<string, JsonValue> = {};
  for (const [id, output] of outputs) setOwn(map, id, output);
  return map;
}

/** The fields of all objects in one; later nodes win. An output that is no object goes under its node's id. */
function mergeObjects(outputs: readonly (readonly [string, JsonValue])[]): JsonValue {
  const [first] = outputs;
  if (outputs.length === 1 && first !== undefined) return first[1];
  const merged: Record<string, JsonValue> = {};
  for (const [id, output] of outputs) {
    const fields = isJsonObject(output) ? Object.entries(output) : ([[id, output]] as const);
    for (const [key, value] of fields) setOwn(merged, key, value);
  }
  return merged;
}

/**
 * The output of a node that is computed on the spot: a transform's `expression`, else its input passed through.
 * Pure. Raises an ExpressionError as {@link resolveInput} does.
 */
export function localOutput(node: PlanNode, scope: Scope, input: JsonValue): JsonValue {
  return node.work.kind === 'local' && node.work.expression !== undefined
    ? node.work.expression.evaluate(scope)
    : input;
}
