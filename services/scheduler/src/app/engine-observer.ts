import type { Plan, RunEvent, RunState } from '@skein/domain';

/** Told of what happens to runs: one call does the counting, the logging and the tracing of one business event. */
export interface EngineObserver {
  /** A transition is durable. */
  transitionCommitted(plan: Plan, before: RunState | undefined, after: RunState, events: readonly RunEvent[]): void;
  /** Somebody else's transition came first; the run is loaded again. */
  raceLost(runId: string): void;
  /** A run cannot be worked with and waits for an operator. */
  runSetAside(runId: string, error: unknown): void;
  /** The store failed and will be tried again. */
  storeFailed(error: unknown): void;
}

/** Told, besides, of failures that the scheduler gets over by itself. */
export interface SchedulerObserver extends EngineObserver {
  /** A report of an executor could not be taken; it comes again. */
  reportFailed(runId: string, error: unknown): void;
  /** So many runs wait for slots of their limits, with whichever scheduler. */
  runsWaiting(count: number): void;
  /** So many calls of agents wait for slots of their limits, with this scheduler. */
  callsWaiting(count: number): void;
  /** Events could not be handed to the bus; the relay does it later. */
  publishFailed(error: unknown): void;
}
