/**
 * Deletes runs that ended longer ago than their namespace keeps them, with everything that is stored of them.
 *
 * Owns: the order of a deletion, and its rounds. Does not own: what event-log has of a run; it is told, and confirms.
 *
 * D1. A run is deleted only when it has ended, event-log has confirmed all its events, and none of its child runs,
 *     however deep, is open. What is not over is not forgotten.
 * D2. A child run is kept as long as its parent, and follows it. Only where the parent is gone it goes by its own age.
 * D3. One transaction takes the run out of every table and puts a deletion in its place: a crash leaves it whole or gone.
 * D4. A deletion stays until event-log has confirmed it, so that the order to delete outlives everybody; and then for
 *     HELD_MS, in which nobody is given the id: nothing late can be taken for something of another run.
 * D5. Several schedulers delete at once without waiting for each other.
 *
 * A fork needs nothing of the run it comes from: its first transition holds the results that it took over.
 */

/** The part of the store that deletes runs. */
export interface RunRetention {
  /**
   * Deletes at most `limit` runs: child runs of deleted ones, then those that ended longer ago than their namespace
   * keeps them, the oldest first. `retentionMs` is for namespaces that do not say. Answers how many.
   */
  deleteExpired(retentionMs: number, limit: number): Promise<number>;
  /** Deletes one run that has ended, however lately, or says why not. */
  deleteRun(namespace: string, runId: string): Promise<DeletionOutcome>;
  /** Deletions that event-log has not confirmed, oldest first. */
  unconfirmed(limit: number): Promise<readonly DeletedRun[]>;
  /** Takes note that event-log has deleted these runs. Those that are unknown are ignored. */
  confirm(runIds: readonly string[]): Promise<void>;
  /** Forgets at most `limit` deletions that were confirmed longer ago than `ageMs`; answers how many. */
  forget(ageMs: number, limit: number): Promise<number>;
}

/** A run that is gone here. */
export interface DeletedRun {
  readonly namespace: string;
  readonly runId: string;
}

/** What became of one deletion. */
export type DeletionOutcome =
  | { readonly kind: 'deleted' | 'unknown' | 'open' | 'has_open_children' }
  /** Event-log has not confirmed all its events yet. */
  | { readonly kind: 'unconfirmed' }
  | { readonly kind: 'has_parent'; readonly parentRunId: string };

/** Time for which the id of a deleted run is not given again: longer than event-log refuses what comes late of it. */
export const HELD_MS = 48 * 60 * 60 * 1000;
/** Runs that one transaction deletes. */
const BATCH = 100;
/** So that one round never takes long. */
const MAX_BATCHES_A_ROUND = 20;

/** Ten minutes where there is nothing to do. */
const ROUNDS_A_FORGETTING = 60;

/** Deletes what is due, within bounds; answers how many runs. */
export async function deleteExpiredRuns(store: RunRetention, retentionMs: number): Promise<number> {
  let total = 0;
  for (let batches = 0; batches < MAX_BATCHES_A_ROUND; batches += 1) {
    const deleted = await store.deleteExpired(retentionMs, BATCH);
    total += deleted;
    if (deleted < BATCH) break;
  }
  return total;
}

/** A round to be made again and again: every so often it also forgets what is long done. */
export function retentionRound(
  store: RunRetention,
  retentionMs: number,
  onDeleted: (runs: number) => void,
): () => Promise<number> {
  let rounds = 0;
  return async () => {
    if (rounds % ROUNDS_A_FORGETTING === 0) await store.forget(HELD_MS, MAX_BATCHES_A_ROUND * BATCH);
    rounds += 1;
    const deleted = await deleteExpiredRuns(store, retentionMs);
    if (deleted > 0) onDeleted(deleted);
    return deleted;
  };
}
