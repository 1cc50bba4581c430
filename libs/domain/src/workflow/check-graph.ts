import { didYouMean } from '../expression/suggestion.ts';
import type { WorkflowDefinition } from './definition.ts';
import { findCycle, type Graph, graphOf, reachableFrom, startsOf, topologicalOrder } from './graph.ts';
import type { ProblemList } from './problem-list.ts';

/** Nodes and edges a workflow may have. */
export const GRAPH_LIMITS = Object.freeze({ nodes: 1_000, edges: 5_000 });

/** The graph of a workflow whose nodes and edges hold together. */
export interface CheckedGraph extends Graph {
  readonly starts: readonly string[];
  readonly order: readonly string[];
}

/** Reports what is wrong with the nodes and edges as a graph: none at all, ids twice, dangling edges, cycles, no way in. */
export function checkGraph(definition: WorkflowDefinition, problems: ProblemList): CheckedGraph {
  if (definition.nodes.length === 0) {
    problems.add({ at: ['nodes'], code: 'NO_NODES', message: 'the workflow has no nodes', mend: 'add at least one' });
  }
  checkIds(definition, problems);
  checkEnds(definition, problems);
  checkDuplicates(definition, problems);
  const graph = graphOf(
    definition.nodes.map((node) => node.id),
    definition.edges,
  );
  const starts = startsOf(graph);
  const order = topologicalOrder(graph);
  if (order.length < graph.ids.length) checkCycles(definition, graph, starts, order, problems);
  return { ...graph, starts, order };
}

/** Reports too many nodes or edges, and says whether there were few enough to look at them one by one. */
export function checkSize(
  document: { readonly nodes?: unknown; readonly edges?: unknown },
  problems: ProblemList,
): boolean {
  const nodes = Array.isArray(document.nodes) ? document.nodes.length : 0;
  const edges = Array.isArray(document.edges) ? document.edges.length : 0;
  const mend = 'split it into several workflows';
  if (nodes > GRAPH_LIMITS.nodes) {
    const message = `the workflow has ${nodes} nodes, of at most ${GRAPH_LIMITS.nodes}`;
    problems.add({ at: ['nodes'], code: 'TOO_MANY_NODES', message, mend });
  }
  if (edges > GRAPH_LIMITS.edges) {
    const message = `the workflow has ${edges} edges, of at most ${GRAPH_LIMITS.edges}`;
    problems.add({ at: ['edges'], code: 'TOO_MANY_EDGES', message, mend });
  }
  return nodes <= GRAPH_LIMITS.nodes && edges <= GRAPH_LIMITS.edges;
}

function checkIds(definition: WorkflowDefinition, problems: ProblemList): void {
  const seen = new Set<string>();
  for (const [i, { id }] of definition.nodes.entries()) {
    if (seen.has(id)) {
      const message = `the id \`${id}\` is taken by an earlier node`;
      problems.add({ at: ['nodes', i, 'id'], code: 'DUPLICATE_ID', message, mend: 'give every node its own id' });
    }
    seen.add(id);
  }
}

function checkEnds(definition: WorkflowDefinition, problems: ProblemList): void {
  const ids = new Set(definition.nodes.map((node) => node.id));
  for (const [i, edge] of definition.edges.entries()) {
    for (const end of ['from', 'to'] as const) {
      const id = edge[end];
      if (ids.has(id)) continue;
      const message = `the edge ${edge.from} → ${edge.to} needs a node \`${id}\`, which is not there`;
      problems.add({ at: ['edges', i, end], code: 'DANGLING_EDGE', message, mend: didYouMean(id, ids) });
    }
  }
}

function checkDuplicates(definition: WorkflowDefinition, problems: ProblemList): void {
  const seen = new Set<string>();
  for (const [i, edge] of definition.edges.entries()) {
    const key = JSON.stringify([edge.from, edge.to, edge.on ?? 'success', edge.condition ?? '']);
    if (seen.has(key)) {
      const message = `the edge ${edge.from} → ${edge.to} is there twice`;
      problems.add({ at: ['edges', i], code: 'DUPLICATE_EDGE', severity: 'warning', message, mend: 'remove one' });
    }
    seen.add(key);
  }
}

function checkCycles(
  definition: WorkflowDefinition,
  graph: Graph,
  starts: readonly string[],
  order: readonly string[],
  problems: ProblemList,
): void {
  const index = new Map(definition.nodes.map((node, i) => [node.id, i]));
  const done = new Set(order);
  const cycle = findCycle(graph, new Set(graph.ids.filter((id) => !done.has(id)))) ?? [];
  const edge = definition.edges.findIndex((each) => each.from === cycle[0] && each.to === cycle[1]);
  problems.add({
    at: edge === -1 ? ['edges'] : ['edges', edge],
    code: 'CYCLE',
    message: `the edges go in a circle: ${shortened(cycle).join(' → ')}`,
    mend: 'remove one of these edges: a run passes every node once',
  });
  if (starts.length === 0) {
    const message = 'every node has an incoming edge, so that a run cannot start';
    problems.add({ at: ['nodes'], code: 'NO_START_NODE', message, mend: 'leave one node without incoming edges' });
    return;
  }
  const reached = reachableFrom(graph, starts);
  for (const id of graph.ids) {
    if (reached.has(id)) continue;
    const message = `no way leads from a start node (${starts.join(', ')}) to this node`;
    problems.add({
      at: ['nodes', index.get(id) ?? 0],
      code: 'UNREACHABLE_NODE',
      message,
      mend: 'add an edge to it, or remove it',
    });
  }
}

const SHOWN_AROUND = 8;

/** A long way with its middle left out. */
function shortened(cycle: readonly string[]): readonly string[] {
  if (cycle.length <= 2 * SHOWN_AROUND) return cycle;
  return [...cycle.slice(0, SHOWN_AROUND), '…', ...cycle.slice(-SHOWN_AROUND)];
}
