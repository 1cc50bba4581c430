import { aliasOf, type NodeNames } from '../expression/node-names.ts';
import type { CheckedGraph } from './check-graph.ts';
import { ancestorsOf } from './graph.ts';
import type { PlanEdge, PlanNode } from './plan.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';

/**
 * Warns of outputs that are read where their node has not surely ended: a node that does not come before the
 * reader may not have run yet, or run beside it, and its output is then missing.
 */
export function checkReferences(
  graph: CheckedGraph,
  nodes: ReadonlyMap<string, PlanNode>,
  edges: readonly PlanEdge[],
  problems: ProblemList,
): void {
  const before = remembered((id: string) => ancestorsOf(graph, id));
  for (const node of nodes.values()) {
    check(node.needs, node.id, (id) => id !== node.id && before(node.id).has(id), ['nodes', node.index]);
  }
  for (const { index, from, condition } of edges) {
    if (condition !== undefined) {
      check(condition.references.nodes, from, (id) => before(from).has(id), ['edges', index, 'condition']);
    }
  }

  function check(
    reads: ReadonlySet<string>,
    reader: string,
    isBefore: (id: string) => boolean,
    at: DocumentPath,
  ): void {
    // Reading `output` as a whole takes what is there.
    if (reads.size === graph.ids.length) return;
    for (const id of reads) {
      if (isBefore(id)) continue;
      const message =
        id === reader
          ? `reads the output of \`${id}\` itself`
          : `reads the output of \`${id}\`, which does not come before`;
      const mend = `add a way from \`${id}\` to \`${reader}\`, or read another node`;
      problems.add({ at, code: 'NEVER_BEFORE', severity: 'warning', message, mend });
    }
  }
}

function remembered<T>(find: (id: string) => T): (id: string) => T {
  const found = new Map<string, T>();
  return (id) => {
    const known = found.get(id) ?? find(id);
    found.set(id, known);
    return known;
  };
}

/** Warns of node ids that only differ in what their alias leaves out: `output.a_b` would fit both. */
export function checkAliases(names: NodeNames, ids: readonly string[], problems: ProblemList): void {
  for (const sharing of names.ambiguous()) {
    const [first = '', ...others] = sharing;
    for (const id of others) {
      problems.add({
        at: ['nodes', ids.indexOf(id), 'id'],
        code: 'AMBIGUOUS_ALIAS',
        severity: 'warning',
        message: `\`output.${aliasOf(id)}\` fits both \`${first}\` and \`${id}\``,
        mend: `rename one of them, or write output['${first}'] and output['${id}']`,
      });
    }
  }
}
