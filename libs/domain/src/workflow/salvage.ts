import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../expression/json.ts';
import { isNodeType } from './check-fields.ts';
import type { WorkflowDefinition } from './definition.ts';
import type { DocumentPath } from './problem-list.ts';

/** As much of a document as can be checked further. */
export interface Salvaged {
  /** The whole document where every field was fine. */
  readonly definition: WorkflowDefinition;
  /** Where a part of the definition stands in the document. */
  readonly original: (path: DocumentPath) => DocumentPath;
}

/**
 * Takes out of a document what its fields got wrong, so that the graph and the expressions are checked in the same
 * go: bad fields are dropped, nodes of unknown type, and those that make no sense without a field, stay as nodes without
 * settings, what has no id or ends is left out.
 */
export function salvage(document: JsonObject, unusable: readonly DocumentPath[]): Salvaged {
  const clean = (object: JsonObject, at: DocumentPath): JsonObject => withoutBad(object, at, unusable);
  const nodes = elementsOf(document, 'nodes', (node, at) => {
    if (typeof node['id'] !== 'string') return undefined;
    const type = node['type'];
    const runs = typeof type === 'string' && isNodeType(type) && (STANDS_ALONE.has(type) || !hasBad(at, unusable));
    return runs ? { ...clean(node, at), id: node['id'] } : { id: node['id'], type: 'decision' };
  });
  const edges = elementsOf(document, 'edges', (edge, at) => {
    const { from, to } = edge;
    return typeof from === 'string' && typeof to === 'string' ? { ...clean(edge, at), from, to } : undefined;
  });
  const { $schema: _schema, nodes: _nodes, edges: _edges, ...fields } = clean(document, []);
  const json = {
    ...fields,
    id: typeof document['id'] === 'string' ? document['id'] : '',
    nodes: nodes.map((node) => node.json),
    edges: edges.map((edge) => edge.json),
  };
  const positions: Readonly<Record<string, readonly number[]>> = {
    nodes: nodes.map((node) => node.position),
    edges: edges.map((edge) => edge.position),
  };
  return { definition: asDefinition(json), original: (path) => originalPath(path, positions) };
}

/** Node types that can be checked further whatever is wrong with some of their fields. */
const STANDS_ALONE: ReadonlySet<string> = new Set(['agent', 'llm', 'decision', 'transform', 'input', 'output']);

function hasBad(at: DocumentPath, unusable: readonly DocumentPath[]): boolean {
  return unusable.some((path) => at.every((part, i) => path[i] === part));
}

interface Placed {
  readonly json: JsonObject;
  readonly position: number;
}

function elementsOf(
  document: JsonObject,
  field: string,
  usable: (element: JsonObject, at: DocumentPath) => JsonObject | undefined,
): readonly Placed[] {
  const list = document[field];
  return (isJsonArray(list) ? list : []).flatMap((element: JsonValue, position): readonly Placed[] => {
    const json = isJsonObject(element) ? usable(element, [field, position]) : undefined;
    return json === undefined ? [] : [{ json, position }];
  });
}

/** An object without the fields in or under which something is wrong. */
function withoutBad(object: JsonObject, at: DocumentPath, unusable: readonly DocumentPath[]): JsonObject {
  const bad = new Set(
    unusable.filter((path) => at.every((part, i) => path[i] === part)).map((path) => path[at.length]),
  );
  return bad.size === 0 ? object : Object.fromEntries(Object.entries(object).filter(([field]) => !bad.has(field)));
}

function originalPath(path: DocumentPath, positions: Readonly<Record<string, readonly number[]>>): DocumentPath {
  const [section, position, ...rest] = path;
  const list = positions[String(section)];
  if (section === undefined || typeof position !== 'number' || list === undefined) return path;
  return [section, list[position] ?? position, ...rest];
}

/** The fields of the document have been checked against the schema, or were taken out. */
function asDefinition(json: JsonObject): WorkflowDefinition {
  return json as unknown as WorkflowDefinition;
}
