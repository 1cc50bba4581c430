import { isJsonObject, type JsonObject, type JsonValue, textOf } from '../../expression/json.ts';
import { didYouMean } from '../../expression/suggestion.ts';
import { isFallback } from '../compile-part.ts';
import { graphOf, reachableFrom, startsOf } from '../graph.ts';
import type { DocumentPath, Finding } from '../problem-list.ts';
import type { ImportedDocument } from './dialect.ts';
import { kairosCondition } from './kairos-condition.ts';

/** A node in the native form, and where it stands in the source. */
export interface PlacedNode {
  readonly id: string;
  readonly json: JsonValue;
  readonly path: DocumentPath;
}

/** The parts of a Kairos graph, its nodes in the native form already. */
export interface KairosGraph {
  /** Top-level fields other than nodes, edges and start. */
  readonly fields: JsonObject;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly JsonValue[];
  readonly start: JsonValue | undefined;
  /** Whether a graph with several nodes without incoming edges needs a `start`. */
  readonly oneStart: boolean;
}

/**
 * Finishes a Kairos graph: conditions in CEL; after a node without conditions the first edge only; what cannot be
 * reached from `start` left out with a warning.
 */
export function finishGraph(graph: KairosGraph, before: readonly Finding[]): ImportedDocument {
  const ids = new Set(graph.nodes.map((node) => node.id));
  const findings: Finding[] = [...before];
  const kept = reachable(graph, findings);
  const nodes = graph.nodes.filter((node) => kept.has(node.id));
  const edges = graph.edges
    .map((json, position) => ({ position, json: translateEdge(json, position, ids, findings) }))
    .filter(({ json }) => !isJsonObject(json) || !ids.has(textOf(json['from'])) || kept.has(textOf(json['from'])));
  const edgeJson = edges.map((edge) => edge.json);
  return {
    json: { ...graph.fields, nodes: nodes.map((node) => takeOne(node.json, edgeJson)), edges: edgeJson },
    nodePaths: nodes.map((node) => node.path),
    edgePaths: edges.map(({ position }): DocumentPath => ['edges', position]),
    findings,
  };
}

const EDGE_FIELDS = ['from', 'to', 'condition', 'on'];

/** An edge with its condition in CEL; without one where it is the fallback. */
function translateEdge(edge: JsonValue, position: number, ids: ReadonlySet<string>, findings: Finding[]): JsonValue {
  if (!isJsonObject(edge)) return edge;
  const { condition, ...rest } = knownFields(edge, EDGE_FIELDS, ['edges', position], findings);
  if (condition === undefined || condition === null) return rest;
  if (typeof condition !== 'string') return { ...rest, condition };
  return isFallback(condition) ? rest : { ...rest, condition: kairosCondition(condition, ids) };
}

/** A node that would take several edges at once takes the first instead. */
function takeOne(node: JsonValue, edges: readonly JsonValue[]): JsonValue {
  if (!isJsonObject(node)) return node;
  const outgoing = edges.filter(isJsonObject).filter((edge) => edge['from'] === node['id']);
  const fansOut = outgoing.length > 1 && outgoing.every((edge) => edge['condition'] === undefined);
  return fansOut ? { ...node, branch: 'first' } : node;
}

function reachable({ nodes, edges, start, oneStart }: KairosGraph, findings: Finding[]): ReadonlySet<string> {
  const ids = nodes.map((node) => node.id);
  const graph = graphOf(ids, edges.map(ends));
  const given = typeof start === 'string' && start !== '' ? start : undefined;
  const starts = given === undefined ? startsOf(graph) : [given];
  const everything = new Set(ids);
  const [only] = starts;
  if (starts.length > 1 && oneStart) {
    const message = `several nodes have no incoming edge: ${starts.join(', ')}`;
    const mend = 'say with `start` which one a run begins with';
    findings.push({ at: ['nodes'], code: 'MULTIPLE_START_NODES', message, mend });
  }
  if (starts.length > 1 || only === undefined) return everything;
  if (!everything.has(only)) {
    const message = `\`${only}\` is no node of this workflow`;
    findings.push({ at: ['start'], code: 'UNKNOWN_REFERENCE', message, mend: didYouMean(only, ids) });
    return everything;
  }
  // Without `start` what cannot be reached is on a circle, which is for the check of the graph to say.
  return given === undefined ? everything : keptFrom(only, reachableFrom(graph, [only]), nodes, findings);
}

function keptFrom(
  start: string,
  kept: ReadonlySet<string>,
  nodes: readonly PlacedNode[],
  findings: Finding[],
): ReadonlySet<string> {
  for (const { id, path } of nodes) {
    if (kept.has(id)) continue;
    const message = `the node \`${id}\` is left out: no way leads to it from \`${start}\``;
    findings.push({
      at: path,
      code: 'NODE_LEFT_OUT',
      severity: 'warning',
      message,
      mend: 'add an edge to it, or remove it',
    });
  }
  return kept;
}

function ends(edge: JsonValue): { readonly from: string; readonly to: string } {
  return isJsonObject(edge) ? { from: textOf(edge['from']), to: textOf(edge['to']) } : { from: '', to: '' };
}

/** Drops fields that have no meaning here, each with a warning. */
export function knownFields(
  object: JsonObject,
  known: readonly string[],
  path: DocumentPath,
  findings: Finding[],
): JsonObject {
  const ignored = Object.keys(object).filter((field) => !known.includes(field));
  for (const field of ignored) {
    const message = `the field \`${field}\` has no meaning here and is left out`;
    const mend = didYouMean(field, known);
    findings.push({ at: [...path, field], code: 'FIELD_IGNORED', severity: 'warning', message, mend });
  }
  return Object.fromEntries(Object.entries(object).filter(([field]) => known.includes(field)));
}
