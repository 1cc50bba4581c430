import { Link, type LinkState } from './link.ts';

/**
 * Every way between two parts of a set.
 *
 * Owns the links. Nothing in a set knows the port of another part, only that of its own link to it.
 */
export class Network implements AsyncDisposable {
  readonly #links = new Map<string, Link>();

  /** The port at which `from` finds the port of `to`; the same for the same three. */
  async portTo(from: string, to: string, targetPort: number): Promise<number> {
    const key = `${from}→${to}:${targetPort}`;
    const link = this.#links.get(key) ?? (await Link.open(from, to, targetPort));
    this.#links.set(key, link);
    return link.port;
  }

  /** Every pair that is connected, such as `gateway→registry`, sorted. */
  get names(): readonly string[] {
    return [...new Set(Array.from(this.#links.values(), ({ name }) => name))].toSorted();
  }

  /** Changes how every way of a pair behaves. */
  become(name: string, state: LinkState): void {
    for (const link of this.#links.values()) if (link.name === name) link.become(state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#links.values(), (link) => link[Symbol.asyncDispose]()));
  }
}
