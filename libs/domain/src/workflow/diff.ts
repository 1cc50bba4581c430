/**
 * What changed between two definitions, field by field.
 *
 * F1. Nodes are the same by id, edges by from, to and `on`; of several between the same nodes by their order.
 * F2. A field that is an object is compared inside, so that a change of one timeout names that timeout. Templates,
 *     schemas and free-form values are compared whole.
 * F3. Equal definitions, whatever the order of their keys, have no changes.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../expression/json.ts';
import { canonicalJson } from './canonical-json.ts';
import type { EdgeDefinition, WorkflowDefinition } from './definition.ts';
import { definitionJson } from './digest.ts';

/** Which part of a definition a change is in. */
export type ChangedPart = 'node' | 'edge' | 'schema' | 'setting';

/** One difference. */
export interface WorkflowChange {
  readonly part: ChangedPart;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Such as `nodes.route`, `nodes.route.retry.max_attempts`, `edges[a -> b].condition`, `input_schema`. */
  readonly path: string;
  /** Undefined where it was added. */
  readonly before: JsonValue | undefined;
  /** Undefined where it was removed. */
  readonly after: JsonValue | undefined;
}

/** Everything that differs: settings and schemas, then nodes, then edges, each in the order of the older definition. */
export function diffWorkflows(before: WorkflowDefinition, after: WorkflowDefinition): readonly WorkflowChange[] {
  const [old, now] = [objectOf(before), objectOf(after)];
  const { nodes: _oldNodes, edges: _oldEdges, ...oldSettings } = old;
  const { nodes: _newNodes, edges: _newEdges, ...newSettings } = now;
  return [
    ...fieldChanges('', oldSettings, newSettings, (path) => (path === 'input_schema' ? 'schema' : 'setting')),
    ...partChanges('node', nodesOf(before), nodesOf(after)),
    ...partChanges('edge', edgesOf(before), edgesOf(after)),
    ...orderChanges(before, after),
  ];
}

function objectOf(value: WorkflowDefinition): JsonObject {
  const json = definitionJson(value);
  return isJsonObject(json) ? json : {};
}

function nodesOf({ nodes }: WorkflowDefinition): Map<string, JsonObject> {
  return new Map(nodes.map(({ id, ...rest }) => [`nodes.${id}`, rest as unknown as JsonObject]));
}

function edgesOf({ edges }: WorkflowDefinition): Map<string, JsonObject> {
  const names = edgeNames(edges);
  return new Map(
    edges.map(({ from: _from, to: _to, on: _on, ...rest }, index) => [
      `edges[${names[index] ?? ''}]`,
      rest as JsonObject,
    ]),
  );
}

/** F1. */
function edgeNames(edges: readonly EdgeDefinition[]): string[] {
  const seen = new Map<string, number>();
  return edges.map(({ from, to, on }) => {
    const name = `${from} -> ${to}${on === 'error' ? ' on error' : ''}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} #${count}`;
  });
}

function partChanges(
  part: ChangedPart,
  before: ReadonlyMap<string, JsonObject>,
  after: ReadonlyMap<string, JsonObject>,
): WorkflowChange[] {
  const kept = [...before].flatMap(([path, old]): WorkflowChange[] => {
    const now = after.get(path);
    if (now === undefined) return [{ part, kind: 'removed', path, before: old, after: undefined }];
    return fieldChanges(`${path}.`, old, now, () => part);
  });
  const added = [...after].filter(([path]) => !before.has(path));
  return [
    ...kept,
    ...added.map(([path, now]): WorkflowChange => ({ part, kind: 'added', path, before: undefined, after: now })),
  ];
}

/** F2. Of these fields each value counts by itself. */
const INSIDE = new Set(['timeouts', 'retry', 'defaults', 'compensate', 'escalation', 'body']);

function fieldChanges(
  prefix: string,
  before: JsonObject,
  after: JsonObject,
  partOf: (path: string) => ChangedPart,
): WorkflowChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name): WorkflowChange[] => {
    const [old, now] = [before[name], after[name]];
    const path = `${prefix}${name}`;
    if (old !== undefined && now !== undefined && canonicalJson(old) === canonicalJson(now)) return [];
    if (INSIDE.has(name) && isObject(old) && isObject(now)) return fieldChanges(`${path}.`, old, now, partOf);
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    return [{ part: partOf(path), kind, path, before: old, after: now }];
  });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value !== undefined && isJsonObject(value);
}

/** Conditions are tried in the order of the edges, so the same edges in another order may lead elsewhere. */
function orderChanges(before: WorkflowDefinition, after: WorkflowDefinition): WorkflowChange[] {
  return after.nodes.flatMap(({ id }): WorkflowChange[] => {
    const old = edgeNames(before.edges.filter(({ from }) => from === id));
    const now = edgeNames(after.edges.filter(({ from }) => from === id));
    const oldKept = old.filter((name) => now.includes(name));
    const newKept = now.filter((name) => old.includes(name));
    if (oldKept.join() === newKept.join()) return [];
    return [{ part: 'edge', kind: 'changed', path: `edges[${id} -> *].order`, before: oldKept, after: newKept }];
  });
}
