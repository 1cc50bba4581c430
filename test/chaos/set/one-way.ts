import type { Socket } from 'node:net';

/** How bytes go from one connection to another. */
export interface Flow {
  /** False: nothing moves, and the sender's own buffers fill. */
  readonly flows: boolean;
  /** Time that every piece takes, in milliseconds; 0 is at once. */
  readonly delayMs: number;
}

/** One direction of a linked pair. Keeps the order, whatever the delays; a slow receiver slows its sender down. */
export class OneWay {
  readonly #source: Socket;
  readonly #sink: Socket;
  #flow: Flow = { flows: true, delayMs: 0 };
  /** Pieces on their way; only where they take time. `undefined` is the sender's end. */
  readonly #travelling: { readonly chunk: Buffer | undefined; readonly dueMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #full = false;

  constructor(source: Socket, sink: Socket) {
    this.#source = source;
    this.#sink = sink;
    source.on('data', (chunk: Buffer) => this.#send(chunk));
    source.once('end', () => this.#send(undefined));
    sink.on('drain', () => {
      this.#full = false;
      this.#regulate();
    });
  }

  become(flow: Flow): void {
    this.#flow = flow;
    this.#regulate();
    this.#deliverDue();
  }

  /** The sender is gone: lets what has come arrive, then ends. */
  finish(): void {
    this.#send(undefined);
  }

  #regulate(): void {
    if (this.#flow.flows && !this.#full) this.#source.resume();
    else this.#source.pause();
  }

  #send(chunk: Buffer | undefined): void {
    if (this.#flow.delayMs === 0 && this.#travelling.length === 0 && this.#flow.flows) return this.#deliver(chunk);
    this.#travelling.push({ chunk, dueMs: performance.now() + this.#flow.delayMs });
    this.#deliverDue();
  }

  #deliverDue(): void {
    clearTimeout(this.#timer);
    if (!this.#flow.flows) return;
    for (let [next] = this.#travelling; next !== undefined; [next] = this.#travelling) {
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#deliverDue(), waitMs);
        return;
      }
      this.#travelling.shift();
      this.#deliver(next.chunk);
    }
  }

  #deliver(chunk: Buffer | undefined): void {
    if (this.#sink.destroyed || this.#sink.writableEnded) return;
    if (chunk === undefined) return void this.#sink.end();
    if (this.#sink.write(chunk)) return;
    this.#full = true;
    this.#regulate();
  }
}
