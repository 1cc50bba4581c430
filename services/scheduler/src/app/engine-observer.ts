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
