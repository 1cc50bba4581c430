/**
 * One transport for every server.
 *
 * Owns the transports. Invariants: T1. A transport in use is not closed. T2. At most MAX_IDLE are kept that nobody
 * uses; the ones that were used least recently go first.
 */
import type { Transport } from '@connectrpc/connect';
import { remoteTransport, type RemoteServer } from '@skein/rpc';

const MAX_IDLE = 256;

/** A transport that is in use until it is disposed. */
export interface LeasedTransport extends Disposable {
  readonly transport: Transport;
}

interface Entry {
  readonly transport: ReturnType<typeof remoteTransport>;
  users: number;
}

export class TransportPool implements Disposable {
  readonly #entries = new Map<string, Entry>();

  lease(server: RemoteServer): LeasedTransport {
    const key = `${server.protocol} ${server.tls ? 'tls' : 'clear'} ${server.address}`;
    const entry = this.#entries.get(key) ?? { transport: remoteTransport(server), users: 0 };
    // Put back at the end: the map is in the order of use.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users += 1;
    return {
      transport: entry.transport,
      [Symbol.dispose]: () => {
        entry.users -= 1;
        this.#trim();
      },
    };
  }

  [Symbol.dispose](): void {
    for (const { transport } of this.#entries.values()) transport[Symbol.dispose]();
    this.#entries.clear();
  }

  #trim(): void {
    let excess = this.#entries.size - MAX_IDLE;
    for (const [key, { transport, users }] of this.#entries) {
      if (excess <= 0) return;
      if (users > 0) continue;
      this.#entries.delete(key);
      transport[Symbol.dispose]();
      excess -= 1;
    }
  }
}
