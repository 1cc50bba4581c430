/**
 * Connections to A2A agents, by agent and endpoint: what their cards say, and a transport for it.
 *
 * Owns the transports. Invariants:
 * K1. A card is read once for many calls, again after CARD_LIFETIME_MS, and after every failure that a stale one explains.
 * K2. At most MAX_CONNECTIONS are kept; those that were used least recently go first. A call under way keeps what it has.
 */
import type { A2aInterface } from '@skein/a2a';
import type { TrustedRoots } from '@skein/rpc';
import type { Agent } from 'undici';
import { agentPlace } from '../../domain/agent-place.ts';
import { agentDispatcher } from '../http/agent-dispatcher.ts';
import { a2aFetch } from './a2a-fetch.ts';
import { openTransport, type A2aTransport } from './a2a-transport.ts';
import { interfaceByCard, interfaceByServer, type CalledBy } from './card-source.ts';

const CARD_LIFETIME_MS = 300_000;
const MAX_CONNECTIONS = 256;

/** An agent that can be called. */
export interface A2aConnection extends A2aTransport {
  readonly spoken: A2aInterface;
  readonly streaming: boolean;
}

/** Who is asked, and what lets the question in. */
export interface AskedAgent {
  readonly agentId: string;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Entry {
  readonly connection: A2aConnection;
  readonly expiresAtMs: number;
}

export class A2aConnections implements AsyncDisposable {
  readonly #dispatcher: Agent;
  readonly #roots: TrustedRoots | undefined;
  readonly #entries = new Map<string, Entry>();

  /** @param roots whom connections over TLS trust. Default: as Node.js does. */
  constructor(roots?: TrustedRoots) {
    this.#roots = roots;
    this.#dispatcher = agentDispatcher(roots);
  }

  /** @throws CallError where the agent, or its card, is not to be had; the signal's reason. */
  async to({ agentId, endpoint, headers }: AskedAgent, signal: AbortSignal): Promise<A2aConnection> {
    const place = agentPlace(agentId, endpoint);
    const known = this.#fresh(place);
    if (known !== undefined) return known;
    const { spoken, streaming } = await this.#lookUp(endpoint, headers, place, signal);
    const transport = await openTransport(spoken, a2aFetch(this.#dispatcher, place), place, this.#roots);
    // Another call may have been faster; there is one connection for all.
    const other = this.#fresh(place);
    if (other !== undefined) {
      transport[Symbol.dispose]();
      return other;
    }
    this.forget(agentId, endpoint);
    const connection = { ...transport, spoken, streaming };
    this.#keep(place, { connection, expiresAtMs: performance.now() + CARD_LIFETIME_MS });
    return connection;
  }

  /** The next call reads the card again. */
  forget(agentId: string, endpoint: string): void {
    const place = agentPlace(agentId, endpoint);
    this.#entries.get(place)?.connection[Symbol.dispose]();
    this.#entries.delete(place);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { connection } of this.#entries.values()) connection[Symbol.dispose]();
    this.#entries.clear();
    await this.#dispatcher.destroy();
  }

  #fresh(place: string): A2aConnection | undefined {
    const known = this.#entries.get(place);
    if (known === undefined || performance.now() >= known.expiresAtMs) return undefined;
    this.#keep(place, known);
    return known.connection;
  }

  async #lookUp(
    endpoint: string,
    headers: Readonly<Record<string, string>>,
    place: string,
    signal: AbortSignal,
  ): Promise<CalledBy> {
    const way = { endpoint, headers, place };
    if (/^https?:/i.test(endpoint)) return await interfaceByCard(this.#dispatcher, way, signal);
    return await interfaceByServer(way, this.#roots, signal);
  }

  /** K2. */
  #keep(place: string, entry: Entry): void {
    this.#entries.delete(place);
    this.#entries.set(place, entry);
    if (this.#entries.size <= MAX_CONNECTIONS) return;
    const [oldest] = this.#entries;
    if (oldest === undefined) return;
    oldest[1].connection[Symbol.dispose]();
    this.#entries.delete(oldest[0]);
  }
}
