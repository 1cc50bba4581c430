/**
 * Takes the events of runs that ended a while ago out of the scheduler's store, once event-log has them all. What the
 * run's answer needs stays, in one row a run (final-state.ts).
 *
 * Owns: which histories are compacted into what. Does not own: which runs are due (RunPruning).
 *
 * P1. A run is pruned only when event-log has confirmed every transition of it. Its history is never in neither place.
 * P2. One transaction prunes a batch: a crash leaves each run whole or pruned.
 * P3. A history that cannot be folded stays as it is, and is not tried again.
 * P4. Several schedulers prune at once without waiting for each other.
 */
import { encodeFinalState } from './final-state.ts';
import { foldHistory } from './run-history.ts';
import type { TransitionRow } from './run-store.ts';

/** A run whose events may go. */
export interface PrunableRun {
  readonly runId: string;
  readonly namespace: string;
  /** Its whole history, oldest first. */
  readonly rows: readonly TransitionRow[];
}

/** What is kept of a run instead of its rows. */
export interface PrunedRun {
  readonly lastSeq: number;
  readonly finalState: Uint8Array;
}

/** Bounds of one batch. */
export interface PruningLimits {
  readonly maxRuns: number;
  /** Of events; a run with more goes alone. */
  readonly maxBytes: number;
}

/** What became of one batch. */
export interface PrunedBatch {
  readonly pruned: number;
  /** Runs whose events stay for good. */
  readonly kept: number;
}

/** The part of the store that forgets. */
export interface RunPruning {
  /**
   * Prunes a batch of runs that ended at least `ageMs` ago and of which no outbox row is left; none while the outbox is
   * so long that event-log must be far behind. `compact` says what to keep; undefined: the run stays as it is.
   */
  pruneEnded(
    ageMs: number,
    limits: PruningLimits,
    compact: (run: PrunableRun) => PrunedRun | undefined,
  ): Promise<PrunedBatch>;
}

/** What pruning needs. */
export interface RunPrunerOptions {
  readonly store: RunPruning;
  /** Least time between a run's end and its pruning, in milliseconds. */
  readonly ageMs: number;
  /** Told of a run that stays because its history cannot be folded. */
  readonly onKept: (runId: string, error: unknown) => void;
}

const LIMITS: PruningLimits = { maxRuns: 100, maxBytes: 8 * 1024 * 1024 };
/** So that one round never takes long. */
const MAX_BATCHES_A_ROUND = 20;

/** One round; answers how many runs were pruned. */
export async function pruneRuns({ store, ageMs, onKept }: RunPrunerOptions): Promise<number> {
  let total = 0;
  for (let batches = 0; batches < MAX_BATCHES_A_ROUND; batches += 1) {
    const { pruned, kept } = await store.pruneEnded(ageMs, LIMITS, (run) => compacted(run, onKept));
    total += pruned;
    if (pruned + kept === 0) break;
  }
  return total;
}

function compacted(run: PrunableRun, onKept: RunPrunerOptions['onKept']): PrunedRun | undefined {
  try {
    const state = foldHistory(run.runId, run.namespace, run.rows);
    return { lastSeq: state.seq, finalState: encodeFinalState(state) };
  } catch (error) {
    onKept(run.runId, error);
    return undefined;
  }
}
