import type { RunKey } from '../domain/run-key.ts';

/** Port: what happened here that operators want to see, one function each; an adapter counts it and logs it. */
export interface EventLogObserver {
  /** Batches from the bus were committed. */
  stored(facts: {
    readonly batches: number;
    readonly records: number;
    readonly added: number;
    readonly durationMs: number;
  }): void;
  /** A message is no event batch, or a record in it can never be stored. */
  malformed(facts: { readonly messageId: string; readonly defect: string }): void;
  /** The store refused a batch for what is in it. */
  refused(facts: { readonly messageId: string; readonly error: unknown }): void;
  /** Transitions that never arrived were fetched from their source. */
  repaired(run: RunKey, facts: { readonly afterSeq: number; readonly records: number }): void;
  /** The source of transitions could not be asked. */
  sourceUnavailable(run: RunKey, error: unknown): void;
  /** A subscriber began, or ended. */
  subscriberStarted(run: RunKey): void;
  subscriberEnded(run: RunKey): void;
  /** A subscriber was too slow for what arrived live; it goes on from the store. */
  subscriberLagged(run: RunKey): void;
  /** Streamed text of a dispatch did not arrive in time; the reader goes on without it. */
  taskEventsMissing(run: RunKey, facts: { readonly nodeId: string; readonly missingBytes: number }): void;
  /** Task events were stored. */
  taskEventsStored(facts: { readonly events: number; readonly chunks: number }): void;
}
