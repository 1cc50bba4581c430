/**
 * The rounds in which one scheduler clears away what nobody needs any more, beside those in which it keeps runs moving, so
 * that neither waits for the other.
 *
 * Owns: the timer. Every round may be missed, repeated, or made by several schedulers at once.
 */

/** What the rounds need. */
export interface CleaningRoundsOptions {
  /** One round; answers how much it found. */
  readonly clean: () => Promise<number>;
  /** Told of a round that failed; the next follows. */
  readonly onFailed: (error: unknown) => void;
}

/** While there is something to do a round follows soon, so that cleaning keeps up with any load. */
const BUSY_MS = 1000;
const IDLE_MS = 10_000;

/** Cleans until it is disposed. */
export class CleaningRounds implements AsyncDisposable {
  readonly #options: CleaningRoundsOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: CleaningRoundsOptions) {
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
      this.#round = this.#clean();
    }, delayMs);
    this.#timer.unref();
  }

  async #clean(): Promise<void> {
    let found = 0;
    try {
      found = await this.#options.clean();
    } catch (error) {
      this.#options.onFailed(error);
    }
    this.#wait(found > 0 ? BUSY_MS : IDLE_MS);
  }
}
