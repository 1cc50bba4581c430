import type { TaskEvent } from '@skein/contracts/event';

/** Hands task events to whoever watches right now. At most once; never fails, never waits. */
export interface LiveEvents {
  publish(event: TaskEvent): void;
}

/** Keeps task events for replay. */
export interface TaskEventStore {
  /**
   * Stores events; the same ones again are ignored.
   * @throws TaskEventsRefusedError where no repetition helps; anything else is worth another try.
   */
  append(events: readonly TaskEvent[], signal: AbortSignal): Promise<void>;
}

/** The store will never take these events. */
export class TaskEventsRefusedError extends Error {
  override readonly name = 'TaskEventsRefusedError';
}

/** Told of what becomes of events on their way to the store. */
export interface TaskEventObserver {
  /** Events will never be stored: there is no room for them, or the store refuses them. */
  eventsDropped(count: number, why: string): void;
  /** The store did not take events; they are tried again. */
  appendFailed(error: unknown): void;
  /** The store took events. */
  appended(): void;
}
