import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, textOf } from '../../expression/json.ts';
import { didYouMean } from '../../expression/suggestion.ts';
import type { DocumentPath, Finding } from '../problem-list.ts';
import type { ImportedDocument } from './dialect.ts';
import { knownFields } from './kairos-graph.ts';
import { importNative, textVersion } from './native.ts';

const FIELDS = ['flow_id', 'id', 'name', 'description', 'version', 'nodes', 'entry_point', 'exit_points', 'metadata'];
const NODE_FIELDS = ['id', 'agent_id', 'type', 'name', 'description', 'depends_on', 'config', 'conditions', 'metadata'];

/**
 * The form in which nodes name the nodes they depend on. A node with an agent calls it, whatever its `type`; without
 * one an `input` or `output` passes its input on and a `conditional` decides nothing. A node that depends on several
 * gets the fields of all their outputs in one object. `exit_points` make the run's output.
 */
export function importDependsOn(document: JsonObject): ImportedDocument {
  if (!isJsonArray(document['nodes'])) return importNative(document);
  const findings: Finding[] = [];
  const fields = knownFields(document, FIELDS, [], findings);
  const { flow_id, entry_point, exit_points, nodes: _nodes, ...rest } = fields;
  const nodes = document['nodes'];
  const ids = nodes.filter(isJsonObject).map((node) => textOf(node['id']));
  const edges = nodes.flatMap((node, i) => edgesInto(node, i));
  checkEntry(entry_point, ids, edges, findings);
  return {
    json: {
      ...(flow_id === undefined ? {} : { id: flow_id }),
      ...rest,
      ...textVersion(document),
      defaults: { merge: 'objects' },
      nodes: nodes.map((node, i) => nativeNode(node, ['nodes', i], findings)),
      edges: edges.map(({ from, to }) => ({ from, to })),
      ...outputOf(exit_points, ids, findings),
    },
    nodePaths: nodes.map((_, i): DocumentPath => ['nodes', i]),
    edgePaths: edges.map((edge) => edge.path),
    findings,
  };
}

function nativeNode(source: JsonValue, path: DocumentPath, findings: Finding[]): JsonValue {
  if (!isJsonObject(source)) return source;
  const { depends_on: _edges, agent_id, type, conditions, ...rest } = knownFields(source, NODE_FIELDS, path, findings);
  if (agent_id !== undefined && agent_id !== null) {
    return { ...rest, type: 'agent', agent_id, ...kept(rest, type, conditions) };
  }
  switch (type) {
    case 'input':
    case 'output':
      return { ...rest, type };
    case 'conditional':
      return { ...rest, type: 'decision', ...kept(rest, type, conditions) };
    default:
      // Work without anybody to do it: reported as an agent without a name.
      return { ...rest, type: type === undefined || type === 'processor' ? 'agent' : type };
  }
}

/** What the native form has no field for stays readable under `metadata`. */
function kept(node: JsonObject, type: JsonValue | undefined, conditions: JsonValue | undefined): JsonObject {
  const metadata = isJsonObject(node['metadata']) ? node['metadata'] : {};
  const extra = { ...(type === undefined ? {} : { type }), ...(conditions === undefined ? {} : { conditions }) };
  return Object.keys(extra).length === 0 ? {} : { metadata: { ...extra, ...metadata } };
}

interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly path: DocumentPath;
}

function edgesInto(node: JsonValue, position: number): readonly PlacedEdge[] {
  if (!isJsonObject(node)) return [];
  const before = node['depends_on'];
  const list = isJsonArray(before) ? before : before === undefined || before === null ? [] : [before];
  return list.map((from, i) => ({
    from: textOf(from),
    to: textOf(node['id']),
    path: isJsonArray(before) ? ['nodes', position, 'depends_on', i] : ['nodes', position, 'depends_on'],
  }));
}

function checkEntry(
  entry: JsonValue | undefined,
  ids: readonly string[],
  edges: readonly PlacedEdge[],
  findings: Finding[],
): void {
  if (entry === undefined || entry === null) return;
  const id = textOf(entry);
  if (!ids.includes(id)) {
    const message = `\`${id}\` is no node of this workflow`;
    findings.push({ at: ['entry_point'], code: 'UNKNOWN_REFERENCE', message, mend: didYouMean(id, ids) });
  } else if (edges.some((edge) => edge.to === id)) {
    const message = `a run cannot start at \`${id}\`: it depends on other nodes`;
    findings.push({
      at: ['entry_point'],
      code: 'NO_START_NODE',
      message,
      mend: 'remove its depends_on, or name another node',
    });
  }
}

/** The output of the one exit, or of several a map by node id. */
function outputOf(exits: JsonValue | undefined, ids: readonly string[], findings: Finding[]): JsonObject {
  const list = (isJsonArray(exits) ? exits : []).map(textOf);
  for (const [i, id] of list.entries()) {
    if (ids.includes(id)) continue;
    const message = `\`${id}\` is no node of this workflow`;
    findings.push({ at: ['exit_points', i], code: 'UNKNOWN_REFERENCE', message, mend: didYouMean(id, ids) });
  }
  const known = list.filter((id) => ids.includes(id));
  const read = (id: string): string => `\${ output['${id}'] }`;
  const [only] = known;
  if (only === undefined) return {};
  return { output: known.length === 1 ? read(only) : Object.fromEntries(known.map((id) => [id, read(id)])) };
}
