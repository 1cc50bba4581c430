import type { DispatchRef } from '../domain/dispatch.ts';
import type { RunKey } from '../domain/run-key.ts';
import type { TaskChunk } from '../domain/task-chunk.ts';
import type { ReadLimits } from './run-event-store.ts';

/**
 * Port: the chunks of task events. Every adapter passes `task-event-store.contract.ts`.
 *
 * Invariants: I1. Storing a chunk again changes nothing; of two that begin with the same event the longer one stays.
 * I2. Chunks of a dispatch may overlap, where an executor grouped them otherwise the second time. I3. Nothing of one
 * namespace is seen from another.
 */
export interface TaskEventStore {
  /** Stores chunks; resolves when they are durable. */
  append(chunks: readonly TaskChunk[]): Promise<void>;

  /** Chunks of a dispatch that hold events after `afterTaskSeq`, oldest first: at least one where there is any. */
  readAfter(run: RunKey, ref: DispatchRef, afterTaskSeq: number, limits: ReadLimits): Promise<TaskChunk[]>;

  /** Every dispatch of the run that something is stored of, in the order of node, attempt and dispatch. */
  dispatches(run: RunKey): Promise<StoredDispatch[]>;
}

/** A dispatch with stored events. */
export interface StoredDispatch extends DispatchRef {
  /** task_seq of the last stored event. */
  readonly lastTaskSeq: number;
}
