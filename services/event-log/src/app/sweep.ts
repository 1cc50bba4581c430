/** What is done again and again. */
export interface SweepOptions {
  /** Pause between two rounds, in milliseconds. */
  readonly roundMs: number;
  readonly work: () => Promise<unknown>;
  /** Told of a round that failed; the next follows. */
  readonly onFailed: (error: unknown) => void;
}

/** Does something every so often until it is disposed; disposing waits for the round under way. */
export class Sweep implements AsyncDisposable {
  readonly #options: SweepOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: SweepOptions) {
    this.#options = options;
    this.#wait();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #wait(): void {
    if (this.#isStopping) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#work();
    }, this.#options.roundMs);
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    try {
      await this.#options.work();
    } catch (error) {
      this.#options.onFailed(error);
    }
    this.#wait();
  }
}
