import type { TaskEvent } from '@skein/contracts/event';
import { lastSeqOf, type TransitionRecord } from '../domain/transition-record.ts';
import type { Clock } from './clock.ts';

/** Most of what a mailbox holds; beyond, its reader goes on from the store. */
const MAX_ITEMS = 1_000;
const MAX_BYTES = 4 * 1024 * 1024;
/** What a task event takes at most apart from its text, roughly. */
const TASK_EVENT_BYTES = 256;

/**
 * What has arrived live for one follower and was not yet taken.
 *
 * Owns a bounded amount of memory, however slow its reader is. Does not own order or completeness: what is in it
 * are hints, the store has the truth.
 *
 * Invariants: I1. It holds at most MAX_ITEMS and about MAX_BYTES; when more arrives it is emptied and says so until
 * `reset`. I2. `changed` resolves after whatever arrived since it was last empty.
 */
export class LiveMailbox {
  readonly #clock: Clock;
  readonly #transitions = new Map<number, TransitionRecord>();
  #tasks: TaskEvent[] = [];
  #bytes = 0;
  #overflowed = false;
  #missed = false;
  #news = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether something had to be thrown away. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** Whether the bus was away, so that anything may have been missed. */
  get missed(): boolean {
    return this.#missed;
  }

  /** Whether anything waits that comes after this seq. */
  hasAfter(seq: number): boolean {
    for (const record of this.#transitions.values()) if (lastSeqOf(record) > seq) return true;
    return false;
  }

  offerTransition(record: TransitionRecord): void {
    if (this.#transitions.has(record.firstSeq)) return;
    if (this.#accept(record.body.byteLength)) this.#transitions.set(record.firstSeq, record);
    this.#notify();
  }

  offerTasks(events: readonly TaskEvent[]): void {
    for (const event of events) {
      const text = event.event.case === 'agentStreamDelta' ? event.event.value.text.length : 0;
      if (this.#accept(text + TASK_EVENT_BYTES)) this.#tasks.push(event);
    }
    this.#notify();
  }

  /** Says that the bus was away. */
  markMissed(): void {
    this.#missed = true;
    this.#notify();
  }

  /**
   * Takes the transition that continues `seq`; what is not newer than `seq` is thrown away on the way. One without a
   * body only says that there is something to be read.
   */
  takeAfter(seq: number): TransitionRecord | undefined {
    for (const [firstSeq, record] of this.#transitions) {
      if (lastSeqOf(record) > seq && firstSeq > seq + 1) continue;
      this.#transitions.delete(firstSeq);
      this.#bytes -= record.body.byteLength;
      if (lastSeqOf(record) > seq) return record;
    }
    return undefined;
  }

  takeTasks(): TaskEvent[] {
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const event of tasks) {
      this.#bytes -= (event.event.case === 'agentStreamDelta' ? event.event.value.text.length : 0) + TASK_EVENT_BYTES;
    }
    return tasks;
  }

  /** Starts anew, with nothing in it; the reader is about to read from the store. */
  reset(): void {
    this.#transitions.clear();
    this.#tasks = [];
    this.#bytes = 0;
    this.#overflowed = false;
    this.#missed = false;
  }

  /** Resolves when something has arrived since the last call, at the given time, or when the signal is aborted. */
  async changed(untilMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#news && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = (): void => resolve();
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
      const cancel = this.#clock.after(Math.max(0, untilMs - this.#clock.nowMs()), wake);
      await promise;
      cancel();
      signal.removeEventListener('abort', wake);
      this.#wake = undefined;
    }
    this.#news = false;
  }

  #accept(bytes: number): boolean {
    if (this.#overflowed) return false;
    if (this.#transitions.size + this.#tasks.length >= MAX_ITEMS || this.#bytes + bytes > MAX_BYTES) {
      this.#transitions.clear();
      this.#tasks = [];
      this.#bytes = 0;
      this.#overflowed = true;
      return false;
    }
    this.#bytes += bytes;
    return true;
  }

  #notify(): void {
    this.#news = true;
    this.#wake?.();
  }
}
