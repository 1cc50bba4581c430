/**
 * Natural group commit: while one commit is under way the next batch gathers; an idle lane commits at once.
 *
 * Owns: the transitions waiting for a commit and the one commit under way. Does not own: what a
 * transition means, or what follows from its fate.
 *
 * L1. Every transition added gets exactly one fate: won, lost or poisoned.
 * L2. A commit of unknown outcome is settled before anything of it is tried again.
 * L3. A batch that the store refuses is halved until the culprit stands alone; the others go through.
 */
import {
  CommitOutcomeUnknownError,
  PoisonedBatchError,
  type CommitBatch,
  type RunStore,
  type StoredTransition,
} from './run-store.ts';
import { transitionBytes } from './transition-size.ts';

/** `lost`: somebody else's transition took the place. `poisoned`: the store will never take it. */
export type Fate = 'won' | 'lost' | 'poisoned';

/** A transition that waits for its fate. */
export interface PendingTransition {
  readonly transition: StoredTransition;
  readonly settled: (fate: Fate) => void;
  /** Told what keeps the transition from its lane; undefined: nothing any more. */
  readonly held?: (why: string | undefined) => void;
}

/** What a lane needs. */
export interface CommitLaneOptions {
  readonly store: Pick<RunStore, 'commit' | 'settle'>;
  readonly newCommitId: () => string;
  /** Outbox rows that may go with the next commit. */
  readonly takeConfirmed: () => readonly string[];
  /** Told of every commit before the fates are. */
  readonly onCommitted: (commitId: string, winners: readonly StoredTransition[]) => void;
  /** Told of every failed try; the lane goes on trying. */
  readonly onRetry: (error: unknown) => void;
  /** Waits between tries. */
  readonly pause: (tries: number) => Promise<void>;
}

/** A batch ends when it has this many bytes of events. */
export const MAX_BATCH_BYTES = 512 * 1024;
const MAX_BATCH_TRANSITIONS = 2000;

/** One connection's worth of commits. */
export class CommitLane {
  readonly #options: CommitLaneOptions;
  #waiting: PendingTransition[] = [];
  #running: Promise<void> | undefined;

  constructor(options: CommitLaneOptions) {
    this.#options = options;
  }

  /** Transitions that wait for a commit. */
  get depth(): number {
    return this.#waiting.length;
  }

  add(pending: PendingTransition): void {
    this.#waiting.push(pending);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is waiting or under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // What becomes ready in the same turn of the event loop belongs to the same commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#commit(this.#takeBatch());
    this.#running = undefined;
  }

  #takeBatch(): PendingTransition[] {
    let bytes = 0;
    let count = 0;
    for (const { transition } of this.#waiting) {
      bytes += transitionBytes(transition);
      if (count > 0 && (bytes > MAX_BATCH_BYTES || count >= MAX_BATCH_TRANSITIONS)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #commit(pending: PendingTransition[]): Promise<void> {
    const { newCommitId, takeConfirmed } = this.#options;
    const transitions = pending.map((it) => it.transition);
    const batch = { commitId: newCommitId(), transitions, confirmedBatchIds: takeConfirmed() };
    try {
      const won = await this.#commitSurely(batch);
      const winners = transitions.filter((it) => won.has(it.runId));
      if (winners.length > 0) this.#options.onCommitted(batch.commitId, winners);
      for (const { transition, settled } of pending) settled(won.has(transition.runId) ? 'won' : 'lost');
    } catch (error) {
      if (!(error instanceof PoisonedBatchError)) throw error;
      await this.#bisect(pending, error);
    }
  }

  /** L3. */
  async #bisect(pending: PendingTransition[], error: PoisonedBatchError): Promise<void> {
    this.#options.onRetry(error);
    if (pending.length === 1) return pending[0]?.settled('poisoned');
    const middle = Math.ceil(pending.length / 2);
    await this.#commit(pending.slice(0, middle));
    await this.#commit(pending.slice(middle));
  }

  /** Tries until the store has answered; throws only for a poisoned batch. */
  async #commitSurely(batch: CommitBatch): Promise<ReadonlySet<string>> {
    const { store, onRetry, pause } = this.#options;
    let uncertain = false;
    for (let tries = 0; ; tries += 1) {
      try {
        if (uncertain) {
          const stored = await store.settle(batch);
          // One statement stores a batch: if any of it is there, what is missing has lost.
          if (stored.size > 0) return stored;
        }
        const won = await store.commit(batch);
        // The commit before may have gone through in the meantime and have made this one lose against itself.
        return uncertain && won.size === 0 ? await store.settle(batch) : won;
      } catch (error) {
        if (error instanceof PoisonedBatchError) throw error;
        if (error instanceof CommitOutcomeUnknownError) uncertain = true;
        onRetry(error);
        await pause(tries);
      }
    }
  }
}
