/**
 * Deletes here what the scheduler has deleted, and tells it so.
 *
 * Owns: the rounds and their order. Does not own: which runs are deleted (RunDeletionSource), the rows (RunEraser).
 *
 * X1. A deletion is confirmed only after the commit that makes it. One that was not confirmed is asked for again, and
 *     deleting again changes nothing.
 * X2. The mark of a deleted run is there before its rows go: what comes late is refused, and no half of a history
 *     comes back.
 */
import type { RunKey } from '../domain/run-key.ts';
import { SourceUnavailableError } from './run-history-source.ts';

/** Whoever knows which runs are deleted. */
export interface RunDeletionSource {
  /** Deletions that were not confirmed, oldest first. @throws SourceUnavailableError */
  list(limit: number): Promise<readonly RunKey[]>;
  /** @throws SourceUnavailableError */
  confirm(runs: readonly RunKey[]): Promise<void>;
}

/** The part of the store that forgets. */
export interface RunEraser {
  /** From its commit on nothing of these runs is stored any more (X2). */
  mark(runs: readonly RunKey[]): Promise<void>;
  /** Deletes everything of these runs. */
  erase(runs: readonly RunKey[]): Promise<void>;
  /** Deletes marks older than `ageMs`, with what may have slipped in beside them; answers how many. */
  forget(ageMs: number, limit: number): Promise<number>;
}

/** What the rounds need. */
export interface RunDeletionsOptions {
  readonly source: RunDeletionSource;
  readonly eraser: RunEraser;
  /** Told of runs that are gone. */
  readonly onDeleted: (runs: readonly RunKey[]) => void;
  /** Told of a round that failed; the next follows. */
  readonly onFailed: (error: unknown) => void;
}

const ROUND_MS = 2000;
const PAGE = 100;
/** So that one round never takes long. */
const MAX_PAGES_A_ROUND = 20;
/** Longer than a message stays on the bus or in an executor, and shorter than the scheduler gives no such id again. */
const MARK_AGE_MS = 24 * 60 * 60 * 1000;
const FORGETTING_MS = 10 * 60 * 1000;

/** Deletes until it is disposed. */
export class RunDeletions implements AsyncDisposable {
  readonly #options: RunDeletionsOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopping = false;
  #lastForgettingMs = 0;

  constructor(options: RunDeletionsOptions) {
    this.#options = options;
    this.#wait();
  }

  /** Waits for the round under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #wait(): void {
    if (this.#isStopping) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#work();
    }, ROUND_MS);
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    try {
      await deleteRuns(this.#options);
      await this.#forget();
    } catch (error) {
      // A scheduler that is away has nothing new to say.
      if (!(error instanceof SourceUnavailableError)) this.#options.onFailed(error);
    }
    this.#wait();
  }

  async #forget(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#lastForgettingMs < FORGETTING_MS) return;
    this.#lastForgettingMs = nowMs;
    await this.#options.eraser.forget(MARK_AGE_MS, MAX_PAGES_A_ROUND * PAGE);
  }
}

/** One round; answers how many runs were deleted. @throws SourceUnavailableError */
export async function deleteRuns({
  source,
  eraser,
  onDeleted,
}: Omit<RunDeletionsOptions, 'onFailed'>): Promise<number> {
  let total = 0;
  for (let pages = 0; pages < MAX_PAGES_A_ROUND; pages += 1) {
    const runs = await source.list(PAGE);
    if (runs.length === 0) break;
    await eraser.mark(runs);
    await eraser.erase(runs);
    onDeleted(runs);
    await source.confirm(runs);
    total += runs.length;
    if (runs.length < PAGE) break;
  }
  return total;
}
