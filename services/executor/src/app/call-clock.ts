/**
 * The time limits of one call, and the signal that ends it.
 *
 * Owns the call's timers. Does not own the cancellation it listens to.
 *
 * C1. The signal aborts once, with the reason: the cancellation's own, or a TIMEOUT.
 * C2. `race` settles at that moment, whatever the work under way does.
 */
import { passing } from '../domain/call-failure.ts';

/** Node's timers take no longer delay than this; a call that may take longer is not limited. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** What a clock starts with. */
export interface CallLimits {
  /** Time for the whole call. */
  readonly timeoutMs: number;
  /** Longest silence. Undefined: any. */
  readonly heartbeatMs: number | undefined;
  /** For messages: what is timed. */
  readonly place: string;
  /** Ends the call from outside. */
  readonly cancellation: AbortSignal;
}

export class CallClock implements Disposable {
  readonly #controller = new AbortController();
  readonly #limits: CallLimits;
  readonly #startedAtMs = performance.now();
  readonly #heartbeat: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  /** Not listeners of the signal: those cost more than all the rest of a short call. */
  readonly #racing = new Set<(reason: unknown) => void>();
  #timeoutMs: number;

  constructor(limits: CallLimits) {
    this.#limits = limits;
    this.#timeoutMs = limits.timeoutMs;
    const { heartbeatMs, cancellation } = limits;
    if (heartbeatMs !== undefined) {
      const remedy = 'report progress more often, or raise timeouts.heartbeat of the node';
      this.#heartbeat = this.#timer(heartbeatMs, `nothing was heard for ${heartbeatMs} ms (heartbeat timeout)`, remedy);
    }
    this.#armWhole();
    cancellation.addEventListener('abort', this.#onCancel);
    if (cancellation.aborted) this.#onCancel();
  }

  /** Aborts when the call has to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Time left for the whole call. */
  get remainingMs(): number {
    return Math.max(0, this.#timeoutMs - (performance.now() - this.#startedAtMs));
  }

  /** Sets a shorter limit for the whole call, counted from its start. */
  limit(timeoutMs: number, what: string, remedy: string): void {
    if (timeoutMs >= this.#timeoutMs) return;
    this.#timeoutMs = timeoutMs;
    this.#arm(what, remedy);
  }

  /** Takes shorter limits back: nobody is being called. */
  lift(): void {
    if (this.#timeoutMs === this.#limits.timeoutMs) return;
    this.#timeoutMs = this.#limits.timeoutMs;
    this.#armWhole();
  }

  /** A sign of life. */
  beat(): void {
    this.#heartbeat?.refresh();
  }

  /** The work's result, or the reason of the abort, whichever comes first. */
  race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      this.#racing.add(reject);
      work.then(resolve, reject).finally(() => this.#racing.delete(reject));
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#heartbeat);
    clearTimeout(this.#deadline);
    this.#limits.cancellation.removeEventListener('abort', this.#onCancel);
  }

  readonly #onCancel = (): void => this.#abort(this.#limits.cancellation.reason);

  #abort(reason: unknown): void {
    this.#controller.abort(reason);
    for (const reject of this.#racing) reject(this.signal.reason);
  }

  #armWhole(): void {
    this.#arm('start_to_close timeout', 'raise timeouts.start_to_close of the node, or make the work faster');
  }

  #arm(what: string, remedy: string): void {
    clearTimeout(this.#deadline);
    this.#deadline = this.#timer(this.remainingMs, `${what} of ${this.#timeoutMs} ms ran out`, remedy);
  }

  #timer(delayMs: number, message: string, remedy: string): NodeJS.Timeout | undefined {
    if (delayMs > LONGEST_TIMER_MS) return undefined;
    const { place } = this.#limits;
    return setTimeout(() => this.#abort(passing('TIMEOUT', { message, place, remedy })), delayMs);
  }
}
