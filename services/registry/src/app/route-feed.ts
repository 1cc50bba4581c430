/**
 * Every agent as this process last read it, and everyone who watches.
 *
 * Owns the picture and the watchers. Does not own the rows: it is told that something changed and reads it again.
 *
 * F1. Reads never overlap: what was read later is never overwritten by what was read earlier.
 * F2. The picture is kept while the store is away; what was to be read is read when it is back.
 * F3. Every watcher gets the changes of an agent in their order, and may skip all but the latest.
 * F4. A watcher that reads slowly costs one pending change per agent at most.
 */
import { Backoff } from '@skein/lifecycle';
import { sameRoutes } from '../domain/agent-details.ts';
import { keyText, type AgentKey, type AgentRecord } from '../domain/agent-record.ts';
import { RouteWatcher, type RouteChange } from './route-watcher.ts';

/** What a feed needs. */
export interface RouteFeedOptions {
  /** The agents of these keys that exist; without keys, all. */
  readonly load: (keys: readonly AgentKey[] | undefined) => Promise<readonly AgentRecord[]>;
  /** Told of a read that failed; another one follows. */
  readonly onLoadFailed: (error: unknown) => void;
}

/** Most agents read by name in one statement; with more to read, everything is. */
const MAX_KEYS = 1000;

export class RouteFeed implements Disposable {
  readonly #options: RouteFeedOptions;
  readonly #picture = new Map<string, AgentRecord>();
  readonly #watchers = new Set<RouteWatcher>();
  readonly #firstLoad = Promise.withResolvers<void>();
  readonly #backoff = new Backoff({ initialMs: 20, maxMs: 1000 });
  #stale = new Map<string, AgentKey>();
  #allStale = false;
  #reading = false;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: RouteFeedOptions) {
    this.#options = options;
  }

  /** Resolves when everything was read once. */
  get whenLoaded(): Promise<void> {
    return this.#firstLoad.promise;
  }

  /** All agents, as last read. */
  agents(): Iterable<AgentRecord> {
    return this.#picture.values();
  }

  /** An agent, as last read. */
  find(key: AgentKey): AgentRecord | undefined {
    return this.#picture.get(keyText(key));
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** One agent may have changed. */
  refresh(key: AgentKey): void {
    if (!this.#allStale) this.#stale.set(keyText(key), key);
    if (this.#stale.size > MAX_KEYS) return this.refreshAll();
    void this.#read();
  }

  /** Anything may have changed. */
  refreshAll(): void {
    this.#allStale = true;
    this.#stale.clear();
    void this.#read();
  }

  /** Everything known, then `synced`, then every change, until the watcher is disposed or the feed closes. */
  watch(): RouteWatcher {
    const watcher = new RouteWatcher([...this.#picture.values()], () => this.#watchers.delete(watcher));
    if (this.#closed) watcher.end();
    else this.#watchers.add(watcher);
    return watcher;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    for (const watcher of this.#watchers) watcher.end();
    this.#watchers.clear();
  }

  /** F1. */
  async #read(): Promise<void> {
    if (this.#reading || this.#closed) return;
    this.#reading = true;
    clearTimeout(this.#retry);
    while (this.#allStale || this.#stale.size > 0) {
      const keys = this.#allStale ? undefined : [...this.#stale.values()];
      this.#allStale = false;
      this.#stale = new Map();
      try {
        const agents = await this.#options.load(keys);
        this.#apply(keys, agents);
        this.#backoff.reset();
      } catch (error) {
        if (this.#closed) break;
        this.#options.onLoadFailed(error);
        this.#putBack(keys);
        this.#retry = setTimeout(() => void this.#read(), this.#backoff.nextMs());
        break;
      }
    }
    this.#reading = false;
  }

  #putBack(keys: readonly AgentKey[] | undefined): void {
    if (keys === undefined) this.#allStale = true;
    else if (!this.#allStale) for (const key of keys) this.#stale.set(keyText(key), key);
  }

  #apply(keys: readonly AgentKey[] | undefined, agents: readonly AgentRecord[]): void {
    const gone = new Set(keys === undefined ? this.#picture.keys() : keys.map(keyText));
    for (const agent of agents) {
      const key = keyText(agent);
      gone.delete(key);
      const before = this.#picture.get(key);
      this.#picture.set(key, agent);
      if (before === undefined || !sameRoutes(before, agent)) this.#tell({ kind: 'upserted', agent });
    }
    for (const key of gone) {
      const before = this.#picture.get(key);
      if (before === undefined) continue;
      this.#picture.delete(key);
      this.#tell({ kind: 'removed', key: { namespace: before.namespace, agentId: before.agentId } });
    }
    if (keys === undefined) this.#firstLoad.resolve();
  }

  #tell(change: RouteChange): void {
    for (const watcher of this.#watchers) watcher.push(change);
  }
}
