import type { ScopeName } from './scope.ts';

/** What an expression reads. */
export interface References {
  /** Ids of the nodes whose outputs it reads; all of them where it reads `output` as a whole. */
  readonly nodes: ReadonlySet<string>;
  /** The names it starts from. */
  readonly names: ReadonlySet<ScopeName>;
}

/** The union of several. */
export function mergeReferences(all: Iterable<References>): References {
  const nodes = new Set<string>();
  const names = new Set<ScopeName>();
  for (const references of all) {
    for (const node of references.nodes) nodes.add(node);
    for (const name of references.names) names.add(name);
  }
  return { nodes, names };
}
