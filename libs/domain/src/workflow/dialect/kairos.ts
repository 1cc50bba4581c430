import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, textOf } from '../../expression/json.ts';
import type { Finding } from '../problem-list.ts';
import type { ImportedDocument } from './dialect.ts';
import { finishGraph, knownFields, type PlacedNode } from './kairos-graph.ts';
import { importNative, textVersion } from './native.ts';
import { liftSettings } from './settings.ts';

const FIELDS = ['id', 'name', 'description', 'version', 'metadata', 'start', 'nodes', 'edges'];
const NODE_FIELDS = ['id', 'type', 'name', 'description', 'config', 'metadata'];

/**
 * The Kairos document: a list of nodes with their settings under `config`, edges with conditions in its own
 * spelling. After a node one edge is taken: where none has a condition the first one, so that the others are
 * warned of as never taken.
 */
export function importKairos(document: JsonObject): ImportedDocument {
  const { nodes, edges } = document;
  // What is no list at all is for the check of the fields to say.
  if (!isJsonArray(nodes) || !(edges === undefined || edges === null || isJsonArray(edges)))
    return importNative(document);
  const findings: Finding[] = [];
  const { nodes: _nodes, edges: _edges, start, ...fields } = knownFields(document, FIELDS, [], findings);
  const graph = {
    fields: { ...fields, ...textVersion(document) },
    nodes: nodes.map((node, i) => placedNode(node, i, findings)),
    edges: edges ?? [],
    start,
    oneStart: false,
  };
  return finishGraph(graph, findings);
}

function placedNode(node: JsonValue, position: number, findings: Finding[]): PlacedNode {
  const path = ['nodes', position] as const;
  if (!isJsonObject(node)) return { id: '', json: node, path };
  return { id: textOf(node['id']), json: liftSettings(knownFields(node, NODE_FIELDS, path, findings)), path };
}
