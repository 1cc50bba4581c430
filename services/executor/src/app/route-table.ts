/**
 * Where agents can be reached, as the registry last said.
 *
 * Owns the picture and those who wait for an agent to appear in it. Does not own the connection to the registry.
 *
 * R1. A picture is never forgotten because the registry is away: what a new, complete picture lacks goes only when
 *     that picture is complete.
 * R2. Readers never wait for an agent that is known.
 */
import type { Agent } from '@skein/contracts/registry';
import { routesOf, type AgentRoutes } from '../domain/agent-routes.ts';

export class RouteTable {
  readonly #agents = new Map<string, AgentRoutes>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #firstSync = Promise.withResolvers<void>();
  /** Keys of the new picture that is coming in; undefined: the picture is complete. */
  #incoming: Set<string> | undefined;
  #synced = false;

  /** Whether a complete picture was ever seen. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Resolves with the first complete picture. */
  get whenSynced(): Promise<void> {
    return this.#firstSync.promise;
  }

  /** A new picture begins. */
  begin(): void {
    this.#incoming = new Set();
  }

  upsert(agent: Agent): void {
    const key = routeKey(agent.namespace, agent.agentId);
    this.#incoming?.add(key);
    this.#agents.set(key, routesOf(agent));
    this.#wake(key);
  }

  /** Whoever waits for news of the agent looks again: something is new that its routes do not tell. */
  nudge(namespace: string, agentId: string): void {
    this.#wake(routeKey(namespace, agentId));
  }

  remove(namespace: string, agentId: string): void {
    const key = routeKey(namespace, agentId);
    this.#incoming?.delete(key);
    this.#agents.delete(key);
  }

  /** The picture is complete (R1). */
  complete(): void {
    const incoming = this.#incoming;
    this.#incoming = undefined;
    for (const key of incoming === undefined ? [] : this.#agents.keys()) {
      if (incoming?.has(key) === false) this.#agents.delete(key);
    }
    this.#synced = true;
    this.#firstSync.resolve();
  }

  find(namespace: string, agentId: string): AgentRoutes | undefined {
    return this.#agents.get(routeKey(namespace, agentId));
  }

  /** The agent, waiting at most `waitMs` for it to become known; its registration may be on its way. */
  async whenFound(
    namespace: string,
    agentId: string,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<AgentRoutes | undefined> {
    const known = this.find(namespace, agentId);
    if (known === undefined && waitMs > 0) await this.whenChanged(namespace, agentId, waitMs, signal);
    return this.find(namespace, agentId);
  }

  /** Resolves with the next news of the agent, or after `waitMs`. @throws the reason of `signal`. */
  async whenChanged(namespace: string, agentId: string, waitMs: number, signal: AbortSignal): Promise<void> {
    const key = routeKey(namespace, agentId);
    const appeared = Promise.withResolvers<void>();
    const wake = () => appeared.resolve();
    const waiters = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiters.add(wake));
    const timer = setTimeout(wake, waitMs);
    signal.addEventListener('abort', wake);
    if (signal.aborted) wake();
    await appeared.promise;
    signal.removeEventListener('abort', wake);
    clearTimeout(timer);
    waiters.delete(wake);
    if (waiters.size === 0) this.#waiting.delete(key);
    signal.throwIfAborted();
  }

  #wake(key: string): void {
    for (const wake of this.#waiting.get(key) ?? []) wake();
  }
}

function routeKey(namespace: string, agentId: string): string {
  return `${namespace === '' ? 'default' : namespace}/${agentId}`;
}
