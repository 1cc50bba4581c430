import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../expression/json.ts';
import type { ImportedDocument } from './dialect.ts';
import { liftSettings } from './settings.ts';

/** The native form as written, but for spellings that leave no doubt: settings under `config`, numbers as versions, empty lists. */
export function importNative(document: JsonObject): ImportedDocument {
  const nodes = listOf(document['nodes']);
  const edges = listOf(document['edges'] ?? []);
  return {
    json: {
      ...withoutEmpty(document),
      ...textVersion(document),
      nodes: liftNodes(nodes),
      edges,
    },
    nodePaths: pathsOf('nodes', nodes),
    edgePaths: pathsOf('edges', edges),
    findings: [],
  };
}

/** In the graphs within nodes too. */
function liftNodes(nodes: JsonValue): JsonValue {
  if (!isJsonArray(nodes)) return nodes;
  return nodes.map((node) => {
    if (!isJsonObject(node)) return node;
    const { body, ...rest } = node;
    if (!isJsonObject(body)) return liftSettings(node);
    const { edges = [] } = body;
    return { ...liftSettings(rest), body: { ...body, nodes: liftNodes(listOf(body['nodes'])), edges: listOf(edges) } };
  });
}

/** `nodes:` with nothing after it is null in YAML; it means an empty list. */
function listOf(value: JsonValue | undefined): JsonValue {
  return value ?? [];
}

function withoutEmpty(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([key, value]) => value !== null || key === 'output'));
}

/** `version: 2` is a number in YAML; it means the text. */
export function textVersion(document: JsonObject): JsonObject {
  const version = document['version'];
  return typeof version === 'number' ? { version: String(version) } : {};
}

/** The source places of list elements that keep their positions. */
export function pathsOf(field: string, list: JsonValue): readonly (readonly [string, number])[] {
  return isJsonArray(list) ? list.map((_, i) => [field, i] as const) : [];
}
