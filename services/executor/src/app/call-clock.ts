/**
 * The time limits of one call, and the signal that ends it.
 *
 * Owns the call's timers, and whether somebody has cancelled it.
 *
 * C1. The call ends once, with the reason: a TIMEOUT, or that it was cancelled.
 * C2. `race` settles at that moment, whatever the work under way does.
 * C3. What a short call does not need is not made: its signal, and a timer for every limit that another one undercuts.
 */
import { durationMs } from '@bufbuild/protobuf/wkt';
import type { Task } from '@skein/contracts/scheduler';
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
}

/** Time for a task that comes without a limit. */
const DEFAULT_TIMEOUT_MS = 300_000;

/** The limits of a task. */
export function limitsOf({ startToCloseTimeout, heartbeatTimeout, ref }: Task): CallLimits {
  return {
    timeoutMs: startToCloseTimeout === undefined ? DEFAULT_TIMEOUT_MS : durationMs(startToCloseTimeout),
    heartbeatMs: heartbeatTimeout === undefined ? undefined : durationMs(heartbeatTimeout),
    place: `nodes.${ref?.nodeId ?? ''}`,
  };
}

export class CallClock implements Disposable {
  readonly #limits: CallLimits;
  readonly #startedAtMs = performance.now();
  readonly #heartbeat: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #timeoutMs: number;
  #cancellation: string | undefined;
  #end: { readonly reason: unknown } | undefined;
  #controller: AbortController | undefined;
  readonly #racing = new Set<(reason: unknown) => void>();

  constructor(limits: CallLimits) {
    this.#limits = limits;
    this.#timeoutMs = limits.timeoutMs;
    const { heartbeatMs } = limits;
    if (heartbeatMs === undefined) return;
    const remedy = 'report progress more often, or raise timeouts.heartbeat of the node';
    this.#heartbeat = this.#timer(heartbeatMs, `nothing was heard for ${heartbeatMs} ms (heartbeat timeout)`, remedy);
  }

  /** Nobody wants to know how the call ends. */
  cancel(reason: string): void {
    this.#cancellation ??= reason;
    this.#over(reason);
  }

  /** Why it was cancelled; undefined: it was not. */
  get cancellation(): string | undefined {
    return this.#cancellation;
  }

  /** Whether the call had to end, and why. */
  get end(): { readonly reason: unknown } | undefined {
    return this.#end;
  }

  /** Aborts when the call has to end. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#end !== undefined) this.#controller.abort(this.#end.reason);
    }
    return this.#controller.signal;
  }

  /** @throws why the call had to end. */
  throwIfOver(): void {
    if (this.#end !== undefined) throw this.#end.reason;
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

  /** The work's result, or why the call had to end, whichever comes first. */
  race<T>(work: Promise<T>): Promise<T> {
    if (this.#deadline === undefined) this.#armWhole();
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) reject(this.#end.reason);
      this.#racing.add(reject);
      work.then(resolve, reject).finally(() => this.#racing.delete(reject));
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#heartbeat);
    clearTimeout(this.#deadline);
  }

  #over(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    this.#controller?.abort(reason);
    for (const reject of this.#racing) reject(reason);
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
    return setTimeout(() => this.#over(passing('TIMEOUT', { message, place, remedy })), delayMs);
  }
}
