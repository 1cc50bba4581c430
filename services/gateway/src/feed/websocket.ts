/**
 * A WebSocket as a sink of JSON messages.
 *
 * W1. At most HIGH_WATER_BYTES wait in this process for a slow reader; then writing waits for the socket.
 * W2. Every end has a close code: 1000 all was said, 1001 the gateway stops, 1008 too much was said, 4000 + the HTTP
 *     status an error, which the last message describes. A reader that stalls is cut off without one.
 */
import type { WebSocket } from '@fastify/websocket';
import type { ErrorAnswer } from '../errors/error-body.ts';
import { StalledReaderError, untilTaken } from './drain.ts';

/** Bytes that may wait for a slow reader. */
const HIGH_WATER_BYTES = 256 * 1024;
const STATUS_BASE = 4000;
/** Messages of the other side that may wait for their answer. */
const MAX_WAITING = 16;

/** Close codes of {@link JsonSocket}. */
export const CLOSE = { done: 1000, goingAway: 1001, policy: 1008 } as const;

/** One end of a WebSocket that speaks JSON. */
export class JsonSocket {
  readonly #socket: WebSocket;
  readonly #gone = new AbortController();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.once('close', () => this.#gone.abort());
  }

  /** Fires when the connection is over. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Sends a message; waits when too much waits already (W1). */
  async send(message: object): Promise<void> {
    const taken = Promise.withResolvers<void>();
    this.#socket.send(JSON.stringify(message), () => taken.resolve());
    if (this.#socket.bufferedAmount > HIGH_WATER_BYTES) await untilTaken(taken.promise, this.gone);
  }

  /**
   * What the other side says, in order, until it or `signal` ends the conversation. Whoever says more than is
   * answered is cut off.
   * @throws the signal's reason when it fires.
   */
  async *messages(signal: AbortSignal): AsyncGenerator<string, void> {
    const waiting: string[] = [];
    let changed = Promise.withResolvers<void>();
    const onMessage = (data: { toString(): string }) => {
      waiting.push(data.toString());
      if (waiting.length > MAX_WAITING) this.close(CLOSE.policy, `at most ${MAX_WAITING} messages may wait`);
      changed.resolve();
    };
    const onAbort = () => changed.resolve();
    this.#socket.on('message', onMessage);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        const message = waiting.shift();
        if (message !== undefined) yield message;
        else {
          changed = Promise.withResolvers();
          await changed.promise;
        }
      }
    } finally {
      this.#socket.off('message', onMessage);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** A sign of life that needs no answer of the program. */
  ping(): void {
    this.#socket.ping();
  }

  /** Ends the conversation. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** Says what went wrong, then ends the conversation. */
  fail(error: unknown, { status, body }: ErrorAnswer): void {
    if (error instanceof StalledReaderError) return this.#socket.terminate();
    this.#socket.send(JSON.stringify(body));
    this.close(STATUS_BASE + status, body.error.reason);
  }
}
