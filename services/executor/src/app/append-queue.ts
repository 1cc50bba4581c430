/**
 * Task events on their way to the store.
 *
 * Owns the events from `push` until they are stored or dropped, and the retries. Does not own the store.
 *
 * Q1. One append is under way at a time; what gathers meanwhile goes together in the next.
 * Q2. Events are stored in the order of `push`, and sent again unchanged after a failure.
 * Q3. Events that the store refuses cost none but themselves.
 * Q4. No more than `maxBytes` wait; what comes beyond that is dropped and counted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TaskEvent } from '@skein/contracts/event';
import { Backoff } from '@skein/lifecycle';
import { TaskEventsRefusedError, type TaskEventObserver, type TaskEventStore } from './task-events.ts';

/** Most events of one append: what the contract allows. */
const MAX_BATCH_EVENTS = 1000;
const MAX_BATCH_BYTES = 2 * 1024 * 1024;
/** What an event takes besides its text, about. */
const EVENT_OVERHEAD_BYTES = 200;

interface Queued {
  readonly event: TaskEvent;
  readonly sizeBytes: number;
}

export class AppendQueue {
  readonly #store: TaskEventStore;
  readonly #observer: TaskEventObserver;
  readonly #maxBytes: number;
  readonly #stopped = new AbortController();
  #waiting: Queued[] = [];
  #waitingBytes = 0;
  /** Events ever taken, and of those the ones that are done with; the difference waits or is under way. */
  #taken = 0;
  #done = 0;
  #running = false;
  #watchers: { readonly through: number; readonly resolve: () => void }[] = [];

  constructor(options: { store: TaskEventStore; observer: TaskEventObserver; maxBytes: number }) {
    this.#store = options.store;
    this.#observer = options.observer;
    this.#maxBytes = options.maxBytes;
  }

  /** Q4. */
  push(events: readonly TaskEvent[]): void {
    let dropped = 0;
    for (const event of events) {
      const sizeBytes = textBytes(event) + EVENT_OVERHEAD_BYTES;
      if (this.#waitingBytes + sizeBytes > this.#maxBytes) {
        dropped += 1;
        continue;
      }
      this.#waiting.push({ event, sizeBytes });
      this.#waitingBytes += sizeBytes;
      this.#taken += 1;
    }
    if (dropped > 0) this.#observer.eventsDropped(dropped, `more than ${this.#maxBytes} bytes wait for event-log`);
    if (!this.#running && this.#waiting.length > 0) void this.#run();
  }

  /** Resolves when everything pushed so far is stored or dropped. */
  settled(): Promise<void> {
    if (this.#done === this.#taken) return Promise.resolve();
    const through = this.#taken;
    return new Promise((resolve) => this.#watchers.push({ through, resolve }));
  }

  /** Gives up what is not stored yet. */
  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    this.#running = true;
    const { signal } = this.#stopped;
    while (this.#waiting.length > 0 && !signal.aborted) {
      const batch = this.#take();
      await this.#append(batch.map(({ event }) => event));
      this.#finish(batch);
    }
    this.#running = false;
  }

  /** Q2. */
  async #append(events: readonly TaskEvent[]): Promise<void> {
    const { signal } = this.#stopped;
    const backoff = new Backoff({ initialMs: 50, maxMs: 2000 });
    while (!signal.aborted) {
      try {
        await this.#store.append(events, signal);
        return this.#observer.appended();
      } catch (error) {
        if (signal.aborted) break;
        if (error instanceof TaskEventsRefusedError) return this.#withoutRefused(events, error);
        this.#observer.appendFailed(error);
        await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
      }
    }
    this.#observer.eventsDropped(events.length, 'the executor stops');
  }

  /** Finds what the store refuses, so that the rest is kept. */
  async #withoutRefused(events: readonly TaskEvent[], error: TaskEventsRefusedError): Promise<void> {
    if (events.length <= 1) return this.#observer.eventsDropped(events.length, error.message);
    const middle = events.length >> 1;
    await this.#append(events.slice(0, middle));
    await this.#append(events.slice(middle));
  }

  #take(): readonly Queued[] {
    let count = 0;
    let bytes = 0;
    for (const { sizeBytes } of this.#waiting) {
      if (count === MAX_BATCH_EVENTS || (count > 0 && bytes + sizeBytes > MAX_BATCH_BYTES)) break;
      count += 1;
      bytes += sizeBytes;
    }
    return this.#waiting.splice(0, count);
  }

  #finish(batch: readonly Queued[]): void {
    for (const { sizeBytes } of batch) this.#waitingBytes -= sizeBytes;
    this.#done += batch.length;
    const reached = this.#watchers.filter(({ through }) => through <= this.#done);
    if (reached.length === 0) return;
    this.#watchers = this.#watchers.filter(({ through }) => through > this.#done);
    for (const { resolve } of reached) resolve();
  }
}

function textBytes({ event }: TaskEvent): number {
  switch (event.case) {
    case 'agentStreamDelta':
      return Buffer.byteLength(event.value.text);
    case 'agentState':
      return Buffer.byteLength(event.value.state) + Buffer.byteLength(event.value.detail);
    default:
      return 0;
  }
}
