/** A directed graph over node ids, as lists of neighbours. */
export interface Graph {
  /** In document order. */
  readonly ids: readonly string[];
  readonly next: ReadonlyMap<string, readonly string[]>;
  readonly previous: ReadonlyMap<string, readonly string[]>;
}

/** The graph of a workflow's edges; those that dangle are left out. */
export function graphOf(
  ids: readonly string[],
  edges: readonly { readonly from: string; readonly to: string }[],
): Graph {
  const next = new Map<string, string[]>(ids.map((id) => [id, []]));
  const previous = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of edges) {
    const after = next.get(from);
    const before = previous.get(to);
    if (after === undefined || before === undefined) continue;
    if (!after.includes(to)) after.push(to);
    if (!before.includes(from)) before.push(from);
  }
  return { ids: [...next.keys()], next, previous };
}

/** The nodes nothing leads to. */
export function startsOf(graph: Graph): readonly string[] {
  return graph.ids.filter((id) => graph.previous.get(id)?.length === 0);
}

/** Every node after all that lead to it; among those that are free, document order. Nodes on or behind a cycle are left out. */
export function topologicalOrder(graph: Graph): readonly string[] {
  const waiting = new Map(graph.ids.map((id) => [id, graph.previous.get(id)?.length ?? 0]));
  const order = [...startsOf(graph)];
  for (const id of order) {
    for (const after of graph.next.get(id) ?? []) {
      const left = (waiting.get(after) ?? 0) - 1;
      waiting.set(after, left);
      if (left === 0) order.push(after);
    }
  }
  return order;
}

/** Every node that can be reached from the given ones, themselves included. */
export function reachableFrom(graph: Graph, from: readonly string[]): ReadonlySet<string> {
  return spread(graph.next, from);
}

/** Every node from which the given one can be reached, itself included. */
export function ancestorsOf(graph: Graph, id: string): ReadonlySet<string> {
  return spread(graph.previous, [id]);
}

function spread(neighbours: ReadonlyMap<string, readonly string[]>, from: readonly string[]): ReadonlySet<string> {
  const seen = new Set(from);
  for (const id of seen) for (const neighbour of neighbours.get(id) ?? []) seen.add(neighbour);
  return seen;
}

/** One cycle among the given nodes, as the ids around it, the first repeated at the end; undefined where there is none. */
export function findCycle(graph: Graph, among: ReadonlySet<string>): readonly string[] | undefined {
  const path: string[] = [];
  const onPath = new Set<string>();
  const [start] = among;
  // Every node that no topological order reaches has a predecessor that none reaches either: going back must close a circle.
  let id = start;
  while (id !== undefined && !onPath.has(id)) {
    path.push(id);
    onPath.add(id);
    id = graph.previous.get(id)?.find((before) => among.has(before));
  }
  if (id === undefined) return undefined;
  const around = path.slice(path.indexOf(id)).toReversed();
  const first = graph.ids.find((each) => around.includes(each)) ?? id;
  const turned = [...around.slice(around.indexOf(first)), ...around.slice(0, around.indexOf(first))];
  return [...turned, first];
}
