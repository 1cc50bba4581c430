import { escapeTemplate } from '../../expression/escape-template.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../expression/json.ts';
import type { Finding } from '../problem-list.ts';
import type { ImportedDocument } from './dialect.ts';
import { finishGraph, knownFields, type PlacedNode } from './kairos-graph.ts';
import { importNative, textVersion } from './native.ts';
import { liftSettings } from './settings.ts';

/** Node types of the planner that are pass-through nodes or language models here. */
const TYPES: Readonly<Record<string, string>> = {
  noop: 'decision',
  validation: 'decision',
  error_handler: 'decision',
  init: 'input',
  llm_call: 'llm',
  format_output: 'output',
  terminal: 'output',
};

const FIELDS = ['id', 'name', 'description', 'version', 'metadata', 'start', 'nodes', 'edges'];
const NODE_FIELDS = ['id', 'type', 'tool', 'input', 'name', 'description', 'config', 'metadata'];

/**
 * The Kairos planner's graph: a map of nodes by id, and `start`, which may be left out where exactly one node has
 * no incoming edge. A run goes on from `start`; nodes that cannot be reached from it are left out with a warning.
 */
export function importKairosPlanner(document: JsonObject): ImportedDocument {
  const { nodes, edges } = document;
  if (!isJsonObject(nodes) || !(edges === undefined || edges === null || isJsonArray(edges)))
    return importNative(document);
  const findings: Finding[] = [];
  const { nodes: _nodes, edges: _edges, start, ...fields } = knownFields(document, FIELDS, [], findings);
  const graph = {
    fields: { ...fields, ...textVersion(document) },
    nodes: Object.entries(nodes).map(([key, node]) => plannerNode(key, node, findings)),
    edges: edges ?? [],
    start,
    oneStart: true,
  };
  return finishGraph(graph, findings);
}

function plannerNode(key: string, source: JsonValue, findings: Finding[]): PlacedNode {
  const path = ['nodes', key] as const;
  if (!isJsonObject(source)) return { id: key, json: source, path };
  const { tool, input, type, ...fields } = knownFields(source, NODE_FIELDS, path, findings);
  const id = typeof source['id'] === 'string' && source['id'] !== '' ? source['id'] : key;
  const json: JsonObject = {
    ...fields,
    id,
    ...(type === undefined ? {} : { type: nativeType(type) }),
    // Whatever its type, a node with a tool calls it.
    ...(typeof tool === 'string' && tool !== '' ? { type: 'tool', tool_id: tool } : {}),
    // The planner has no templates: its inputs are taken literally.
    ...(input === undefined || input === null ? {} : { input: escapeTemplate(input) }),
  };
  return { id, json: withTarget(liftSettings(json), id), path };
}

function nativeType(type: JsonValue): JsonValue {
  return typeof type === 'string' ? (TYPES[type] ?? type) : type;
}

/** An agent or model is named under `config` or `metadata`; an agent that is not named has the id of its node. */
function withTarget(node: JsonObject, id: string): JsonObject {
  const metadata = isJsonObject(node['metadata']) ? node['metadata'] : {};
  if (node['type'] === 'agent' && node['agent_id'] === undefined) {
    return { ...node, agent_id: metadata['agent_id'] ?? metadata['agent'] ?? id };
  }
  if (node['type'] === 'llm' && node['model'] === undefined && metadata['model'] !== undefined) {
    return { ...node, model: metadata['model'] };
  }
  return node;
}
