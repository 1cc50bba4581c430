import type { RunKey } from '../domain/run-key.ts';
import type { TransitionRecord } from '../domain/transition-record.ts';

/**
 * Port: the append-only rows of run events. Every adapter passes `run-event-store.contract.ts`.
 *
 * Invariants: I1. A row that is stored never changes; storing it again changes nothing. I2. Nothing of one namespace
 * is seen from another. I3. `append` is all or nothing.
 */
export interface RunEventStore {
  /** Stores records, in any order, with bodies, free of defects; resolves when they are durable, with how many were new. */
  append(records: readonly TransitionRecord[]): Promise<number>;

  /** Rows that hold events after `afterSeq`, oldest first: at least one where there is any, else as the limits allow. */
  readAfter(run: RunKey, afterSeq: number, limits: ReadLimits): Promise<TransitionRecord[]>;

  /** The run's last row. */
  last(run: RunKey): Promise<TransitionRecord | undefined>;
}

/** How much one read may bring. */
export interface ReadLimits {
  readonly maxRows: number;
  /** Of bodies; one body alone may be larger. */
  readonly maxBytes: number;
}

/** The store refuses this very data, and will refuse it for ever. */
export class RefusedDataError extends Error {
  override readonly name = 'RefusedDataError';
}
