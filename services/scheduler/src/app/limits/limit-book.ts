import type { LimitKey, LimitStore } from './limit-store.ts';

/**
 * Which limits operators have set and agents are registered with, in memory: what every start asks, and so may cost nothing. Brought up to date when
 * somebody says that a limit has changed, and with every sweep.
 */
export class LimitBook {
  readonly #store: Pick<LimitStore, 'imposedKeys'>;
  #keys: ReadonlyMap<string, ReadonlySet<string>> = new Map();

  constructor(store: Pick<LimitStore, 'imposedKeys'>) {
    this.#store = store;
  }

  isLimited(namespace: string, key: string): boolean {
    return this.#keys.size > 0 && this.#keys.get(namespace)?.has(key) === true;
  }

  async reload(): Promise<void> {
    this.take(await this.#store.imposedKeys());
  }

  /** These are all that there are. */
  take(keys: readonly LimitKey[]): void {
    const byNamespace = Map.groupBy(keys, ({ namespace }) => namespace);
    this.#keys = new Map(
      Array.from(byNamespace, ([namespace, its]) => [namespace, new Set(its.map(({ key }) => key))]),
    );
  }
}
