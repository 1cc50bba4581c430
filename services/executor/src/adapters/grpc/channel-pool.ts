/**
 * One channel for every address of an agent.
 *
 * Owns the channels. Invariants: G1. A channel in use is not closed. G2. At most MAX_IDLE_CHANNELS are kept that
 * nobody uses; the ones that were used least recently go first.
 */
import type { ChannelOptions } from '@grpc/grpc-js';
import { createClient, type Client } from '@connectrpc/connect';
import { AgentService } from '@skein/contracts/agent';
import { grpcTransport, trustedRoots, type ClosableTransport, type TrustedRoots } from '@skein/rpc';

const MAX_IDLE_CHANNELS = 256;

const CHANNEL_OPTIONS: ChannelOptions = {
  // Servers of other languages count frequent pings as abuse and close the connection; the call's own time limits
  // notice an agent that is gone.
  'grpc.keepalive_time_ms': 300_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.keepalive_permit_without_calls': 0,
};

/** A channel that is in use until it is disposed. */
export interface LeasedAgent extends Disposable {
  readonly agent: Client<typeof AgentService>;
}

interface Entry {
  readonly transport: ClosableTransport;
  readonly agent: Client<typeof AgentService>;
  users: number;
}

export class ChannelPool implements Disposable {
  readonly #entries = new Map<string, Entry>();
  readonly #tls: TrustedRoots;

  /** @param tls whom a channel over TLS trusts. */
  constructor(tls: TrustedRoots = trustedRoots()) {
    this.#tls = tls;
  }

  /** A channel to `host:port`, over TLS or not. */
  lease(address: string, isSecured = false): LeasedAgent {
    const key = `${isSecured ? 'tls ' : ''}${address}`;
    const entry = this.#entries.get(key) ?? open(address, isSecured ? this.#tls : undefined);
    // Put back at the end: the map is in the order of use.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users += 1;
    let released = false;
    return {
      agent: entry.agent,
      [Symbol.dispose]: () => {
        if (released) return;
        released = true;
        entry.users -= 1;
        this.#trim();
      },
    };
  }

  [Symbol.dispose](): void {
    for (const { transport } of this.#entries.values()) transport[Symbol.dispose]();
    this.#entries.clear();
  }

  /** G1, G2. */
  #trim(): void {
    let excess = this.#entries.size - MAX_IDLE_CHANNELS;
    for (const [key, { transport, users }] of this.#entries) {
      if (excess <= 0) return;
      if (users > 0) continue;
      this.#entries.delete(key);
      transport[Symbol.dispose]();
      excess -= 1;
    }
  }
}

function open(address: string, tls: TrustedRoots | undefined): Entry {
  const transport = grpcTransport({ address, channel: CHANNEL_OPTIONS, ...(tls === undefined ? {} : { tls }) });
  return { transport, agent: createClient(AgentService, transport), users: 0 };
}
