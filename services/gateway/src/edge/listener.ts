/**
 * One port without TLS for HTTP/1.1 and for HTTP/2 by clients that know it beforehand (gRPC).
 *
 * Owns the listening socket, every accepted connection and the two protocol servers. Does not own what is answered.
 *
 * L1. A connection is looked at once, before its first request, and belongs to one protocol until its end.
 * L2. Stopping refuses new connections at once, lets exchanges finish, then cuts what is left: it always ends.
 */
import { once } from 'node:events';
import { createServer as createHttp1Server, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { Http2Session } from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { sniffProtocol } from './protocol-sniff.ts';

/** A request of either protocol. */
export type EdgeRequest = IncomingMessage | Http2ServerRequest;

/** The response to a request, of the same protocol. */
export type EdgeResponse = ServerResponse | Http2ServerResponse;

/** Answers a request. */
export type EdgeHandler = (request: EdgeRequest, response: EdgeResponse) => void;

/** Most concurrent calls on one HTTP/2 connection. */
const MAX_CONCURRENT_STREAMS = 1000;
/** Kept-alive connections outlive the pools of common clients, which otherwise race with our closing them. */
const KEEP_ALIVE_MS = 72_000;
/** Dead peers are noticed by TCP. */
const TCP_PROBE_MS = 30_000;

/** The port; nothing listens before `listen`. */
export class EdgeListener {
  /** Where WebSocket upgrades are announced. */
  readonly http1: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<Http2Session>();

  constructor(handler: EdgeHandler) {
    this.http1 = createHttp1Server({
      keepAlive: true,
      keepAliveInitialDelay: TCP_PROBE_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // `Upgrade: h2c` asks politely and may be ignored; without this it would be taken for a WebSocket.
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
    });
    this.http1.on('request', handler);
    const http2 = createHttp2Server({ settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS } });
    http2.on('request', handler);
    http2.on('session', (session) => {
      this.#sessions.add(session);
      session.once('close', () => this.#sessions.delete(session));
    });
    http2.on('sessionError', () => {});

    const serveHttp1 = this.http1.listeners('connection') as Array<(socket: Socket) => void>;
    this.http1.removeAllListeners('connection');
    this.http1.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      sniffProtocol(socket, (protocol) => {
        // An HTTP/2 session takes what was read back out of the socket by itself.
        if (protocol === 'http2') return http2.emit('connection', socket);
        for (const serve of serveHttp1) serve.call(this.http1, socket);
        process.nextTick(() => socket.resume());
      });
    });
  }

  /** Rejects when the port is taken. */
  async listen(host: string, port: number): Promise<AddressInfo> {
    this.http1.listen(port, host);
    await once(this.http1, 'listening');
    return this.http1.address() as AddressInfo;
  }

  /** Refuses new connections and ends idle ones; `drained` says when the exchanges of the others are over (L2). */
  async stop(drained: Promise<unknown>): Promise<void> {
    if (!this.http1.listening) return;
    const closed = once(this.http1, 'close');
    this.http1.close();
    for (const session of this.#sessions) session.close();
    await drained;
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
