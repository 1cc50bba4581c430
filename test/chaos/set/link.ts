/**
 * A TCP connection between two parts of the set, led through here so that it can be hurt.
 *
 * Owns: a port to listen on, and every connection that came in on it. Does not own: either end.
 *
 * L1. Whole, it changes nothing: bytes, their order, half-closed connections and ends go through.
 * L2. Silent, nothing goes through and nobody is told, new connections included: as with a cable that was pulled. What
 *     was sent meanwhile arrives when it is whole again, unless its sender has given up.
 * L3. Broken, every connection is reset and every new one too.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { LinkedPair } from './linked-pair.ts';
import { reset } from './reset.ts';

const HOST = '127.0.0.1';

/** How a link behaves. `deaf`: what its far end says does not come through, what it is told does. */
export type LinkState =
  | { readonly kind: 'whole' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'deaf' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'slow'; readonly delayMs: number };

export class Link implements AsyncDisposable {
  /** Who connects. */
  readonly from: string;
  /** Who is connected to. */
  readonly to: string;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #pairs = new Set<LinkedPair>();
  /** Connections that came while the link was silent. */
  readonly #waiting = new Set<Socket>();
  #state: LinkState = { kind: 'whole' };

  private constructor(from: string, to: string, targetPort: number) {
    this.from = from;
    this.to = to;
    this.#targetPort = targetPort;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Opens a way from one part to the port of another. */
  static async open(from: string, to: string, targetPort: number): Promise<Link> {
    const link = new Link(from, to, targetPort);
    link.#server.listen(0, HOST);
    await once(link.#server, 'listening');
    return link;
  }

  /** Such as `gateway→registry`. */
  get name(): string {
    return `${this.from}→${this.to}`;
  }

  /** The port that `from` connects to. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Changes how it behaves, from now on, for open connections too. */
  become(state: LinkState): void {
    this.#state = state;
    for (const pair of this.#pairs) pair.become(state);
    if (state.kind === 'silent' || state.kind === 'deaf') return;
    for (const socket of this.#waiting) this.#admit(socket);
    this.#waiting.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const pair of this.#pairs) pair.destroy();
    for (const socket of this.#waiting) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    // A connection that breaks says so with an error; its pair deals with the end.
    socket.on('error', () => undefined);
    if (this.#state.kind === 'silent' || this.#state.kind === 'deaf') {
      this.#waiting.add(socket);
      socket.once('close', () => this.#waiting.delete(socket));
    } else this.#admit(socket);
  }

  #admit(near: Socket): void {
    if (near.destroyed) return;
    if (this.#state.kind === 'broken') return reset(near);
    const far = connect({ host: HOST, port: this.#targetPort, allowHalfOpen: true, noDelay: true });
    const pair = new LinkedPair(near, far, () => this.#pairs.delete(pair));
    this.#pairs.add(pair);
    pair.become(this.#state);
  }
}
