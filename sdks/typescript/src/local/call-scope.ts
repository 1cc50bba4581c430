/**
 * One call under way: its time limits, its signal, and what it has said so far.
 *
 * Owns the call's timers and its hold on the clock. Does not own what is called.
 *
 * S1. The signal aborts once, with the reason: nobody wants the answer any more, or a TIMEOUT.
 * S2. `race` settles at that moment, whatever the work under way does; the clock does not wait for that work any more.
 */
import type { DispatchKey, Failure, Payload, PlanNode } from '@skein/domain';
import type { LocalClock } from './clock.ts';
import { CallFailed } from './local-failure.ts';

/** A task that is to be done. */
export interface LocalTask {
  readonly runId: string;
  readonly namespace: string;
  readonly sessionId: string;
  readonly key: DispatchKey;
  readonly node: PlanNode;
  readonly input: Payload;
  /** The same for every delivery of the attempt. */
  readonly idempotencyKey: string;
}

/** Told of what a call says before it answers. */
export interface CallListener {
  delta(text: string): void;
  heartbeat(resumeDetails: Payload): void;
}

export class CallScope implements Disposable {
  readonly task: LocalTask;
  readonly startedAtMs: number;
  readonly usage = { inputTokens: 0, outputTokens: 0, costMicroUsd: 0 };
  streamedBytes = 0;
  readonly #clock: LocalClock;
  readonly #listener: CallListener;
  readonly #hold: ReturnType<LocalClock['hold']>;
  readonly #controller = new AbortController();
  readonly #deadline: Disposable;
  #silence: Disposable | undefined;
  #sleeping = 0;

  constructor(task: LocalTask, clock: LocalClock, listener: CallListener) {
    this.task = task;
    this.#clock = clock;
    this.#listener = listener;
    this.startedAtMs = clock.nowMs();
    this.#hold = clock.hold();
    const { startToCloseMs } = task.node.timeouts;
    this.#deadline = clock.at(this.startedAtMs + startToCloseMs, () => {
      const remedy = 'raise timeouts.start_to_close of the node, or make the work faster';
      this.#timeOut(`start_to_close timeout of ${startToCloseMs} ms ran out`, remedy);
    });
    this.beat();
  }

  get place(): string {
    return `nodes.${this.task.key.nodeId}`;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Nobody wants the answer any more. */
  abort(reason: string): void {
    this.#controller.abort(new Error(reason));
  }

  /** A sign of life. */
  beat(): void {
    const { heartbeatMs } = this.task.node.timeouts;
    if (heartbeatMs === undefined || this.signal.aborted) return;
    this.#silence?.[Symbol.dispose]();
    this.#silence = this.#clock.at(this.#clock.nowMs() + heartbeatMs, () => {
      const remedy = 'report progress more often, or raise timeouts.heartbeat of the node';
      this.#timeOut(`nothing was heard for ${heartbeatMs} ms (heartbeat timeout)`, remedy);
    });
  }

  readonly delta = (text: string): void => {
    if (this.signal.aborted || text === '') return;
    this.beat();
    this.streamedBytes += Buffer.byteLength(text);
    this.#listener.delta(text);
  };

  heartbeat(resumeDetails: Payload | undefined): void {
    if (this.signal.aborted) return;
    this.beat();
    if (resumeDetails !== undefined) this.#listener.heartbeat(resumeDetails);
  }

  /** Waits by the clock, which may move on meanwhile; rejects with the signal's reason where that aborts. */
  readonly sleep = async (ms: number): Promise<void> => {
    const over = Promise.withResolvers<void>();
    using _ = this.#clock.at(this.#clock.nowMs() + ms, over.resolve);
    this.#hold.setWaiting((this.#sleeping += 1) > 0);
    try {
      await this.race(over.promise);
    } finally {
      this.#sleeping -= 1;
      if (!this.signal.aborted) this.#hold.setWaiting(this.#sleeping > 0);
    }
  };

  /** The work's result, or the reason of the abort, whichever comes first. */
  async race<T>(work: Promise<T>): Promise<T> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(this.signal.reason);
    if (this.signal.aborted) onAbort();
    else this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([work, aborted.promise]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  [Symbol.dispose](): void {
    this.#deadline[Symbol.dispose]();
    this.#silence?.[Symbol.dispose]();
    this.#hold[Symbol.dispose]();
  }

  #timeOut(message: string, remedy: string): void {
    const failure: Failure = { code: 'TIMEOUT', message, place: this.place, remedy, retryable: true };
    this.#controller.abort(new CallFailed(failure));
  }
}
