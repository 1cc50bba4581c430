/**
 * One reader of the route feed.
 *
 * Owns what its reader has not taken yet: the agents of the start, then at most one change per agent (F4 of the feed), and
 * one load per instance, after the changes.
 */
import type { InstanceLoad } from './agent-store.ts';
import { keyText, type AgentKey, type AgentRecord } from '../domain/agent-record.ts';

/** A change of one agent. */
export type RouteChange =
  | { readonly kind: 'upserted'; readonly agent: AgentRecord }
  | { readonly kind: 'removed'; readonly key: AgentKey };

/** One piece of news for a reader. */
export type RouteNews =
  | RouteChange
  | { readonly kind: 'synced' }
  | { readonly kind: 'loads'; readonly loads: ReadonlyMap<string, InstanceLoad> };

export class RouteWatcher implements Disposable {
  #start: readonly AgentRecord[];
  readonly #onDispose: () => void;
  /** In the order in which agents changed first since the reader last took them. */
  readonly #pending = new Map<string, RouteChange>();
  #loads = new Map<string, InstanceLoad>();
  #wake = Promise.withResolvers<void>();
  #ended = false;

  constructor(start: readonly AgentRecord[], onDispose: () => void) {
    this.#start = start;
    this.#onDispose = onDispose;
  }

  push(change: RouteChange): void {
    this.#pending.set(keyText(change.kind === 'upserted' ? change.agent : change.key), change);
    this.#wake.resolve();
  }

  /** Loads by instance id. */
  pushLoads(loads: ReadonlyMap<string, InstanceLoad>): void {
    for (const [instanceId, load] of loads) this.#loads.set(instanceId, load);
    this.#wake.resolve();
  }

  /** Ends the news after what is pending. */
  end(): void {
    this.#ended = true;
    this.#wake.resolve();
  }

  /** The news, once; ends with the feed or when the signal aborts. */
  async *news(signal: AbortSignal): AsyncGenerator<RouteNews, void, undefined> {
    const onAbort = () => this.end();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const start = this.#start;
      this.#start = [];
      for (const agent of start) {
        if (signal.aborted) return;
        yield { kind: 'upserted', agent };
      }
      yield { kind: 'synced' };
      while (!signal.aborted) {
        for (const [key, change] of this.#pending) {
          this.#pending.delete(key);
          yield change;
          if (signal.aborted) return;
        }
        if (this.#loads.size > 0) {
          const loads = this.#loads;
          this.#loads = new Map();
          yield { kind: 'loads', loads };
          continue;
        }
        if (this.#ended) return;
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    this.end();
    this.#onDispose();
  }
}
