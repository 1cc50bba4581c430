/**
 * The rounds in which one scheduler prunes, beside those in which it keeps runs moving, so that neither waits for the
 * other.
 *
 * Owns: the timer. Every round may be missed, repeated, or made by several schedulers at once.
 */
import { pruneRuns, type RunPrunerOptions } from './run-pruning.ts';

/** What the rounds need. */
export interface PruningRoundsOptions extends RunPrunerOptions {
  /** Told of a round that failed; the next follows. */
  readonly onFailed: (error: unknown) => void;
}

/** While there is something to prune a round follows soon, so that pruning keeps up with any load. */
const BUSY_MS = 1000;
const IDLE_MS = 10_000;

/** Prunes until it is disposed. */
export class PruningRounds implements AsyncDisposable {
  readonly #options: PruningRoundsOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: PruningRoundsOptions) {
    this.#options = options;
    this.#wait(IDLE_MS);
  }

  /** Waits for the round under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #wait(delayMs: number): void {
    if (this.#isStopping) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#prune();
    }, delayMs);
    this.#timer.unref();
  }

  async #prune(): Promise<void> {
    let pruned = 0;
    try {
      pruned = await pruneRuns(this.#options);
    } catch (error) {
      this.#options.onFailed(error);
    }
    this.#wait(pruned > 0 ? BUSY_MS : IDLE_MS);
  }
}
