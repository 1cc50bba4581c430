import { isFinal, type NodeRun, type NodeRuns } from './state.ts';

/** Changes that are copied with every version; with more, the table is written anew. */
const MOST_CHANGES = 32;

/**
 * The nodes of a run by id, in the order in which their turns came. A run has a version of it for each transition, so that
 * a copy costs what has changed, not what there is: versions share their common past, which nobody changes.
 *
 * T1. A copy and what it was made of know nothing of each other's changes.
 * T2. `open` are the nodes that have not reached their last state: what is due is looked for among them alone.
 */
export class NodeTable extends Map<string, NodeRun> implements NodeRuns {
  /** Shared with other versions. What `this` holds by itself lies over it. */
  #past: ReadonlyMap<string, NodeRun> = new Map();
  #size = 0;
  readonly #open = new Map<string, NodeRun>();

  /** A table of these nodes; of another table it is a copy. */
  static of(nodes: Iterable<readonly [string, NodeRun]>): NodeTable {
    if (nodes instanceof NodeTable) return nodes.copy();
    const table = new NodeTable();
    for (const [id, node] of nodes) table.set(id, node);
    return table;
  }

  /** The same nodes, to be changed apart from these (T1). */
  copy(): NodeTable {
    const copy = new NodeTable();
    if (super.size > MOST_CHANGES) {
      const past = new Map(this.#past);
      super.forEach((node, id) => past.set(id, node));
      copy.#past = past;
    } else {
      copy.#past = this.#past;
      super.forEach((node, id) => copy.#change(id, node));
    }
    copy.#size = this.#size;
    this.#open.forEach((node, id) => copy.#open.set(id, node));
    return copy;
  }

  /** T2, in the order in which their turns came. */
  get open(): ReadonlyMap<string, NodeRun> {
    return this.#open;
  }

  override get size(): number {
    return this.#size;
  }

  override has(id: string): boolean {
    return super.has(id) || this.#past.has(id);
  }

  override get(id: string): NodeRun | undefined {
    return super.get(id) ?? this.#past.get(id);
  }

  override set(id: string, node: NodeRun): this {
    if (!this.has(id)) this.#size += 1;
    if (isFinal(node)) this.#open.delete(id);
    else this.#open.set(id, node);
    return this.#change(id, node);
  }

  override entries(): MapIterator<[string, NodeRun]> {
    return this.#past.size === 0 ? super.entries() : this.#merged();
  }

  override keys(): MapIterator<string> {
    return this.#past.size === 0 ? super.keys() : this.#merged().map(([id]) => id);
  }

  override values(): MapIterator<NodeRun> {
    return this.#past.size === 0 ? super.values() : this.#merged().map(([, node]) => node);
  }

  override [Symbol.iterator](): MapIterator<[string, NodeRun]> {
    return this.entries();
  }

  override forEach(call: (node: NodeRun, id: string, table: Map<string, NodeRun>) => void): void {
    for (const [id, node] of this.entries()) call(node, id, this);
  }

  /** Nodes are never taken out. */
  override delete(): never {
    throw new TypeError('a node stays in its run');
  }

  override clear(): never {
    throw new TypeError('nodes stay in their run');
  }

  *#merged(): MapIterator<[string, NodeRun]> {
    for (const [id, node] of this.#past) yield [id, super.get(id) ?? node];
    for (const [id, node] of super.entries()) if (!this.#past.has(id)) yield [id, node];
  }

  #change(id: string, node: NodeRun): this {
    return super.set(id, node);
  }
}
