/** Longest wait for calls to end, in milliseconds: a caller that has stopped reading must not keep the service up. */
const LONGEST_WAIT_MS = 2_000;

/**
 * Which calls are being answered, and whether they should come to an end.
 *
 * Invariants: I1. `stop` resolves when no call is under way, or after LONGEST_WAIT_MS. I2. From then on nobody starts
 * one that will not see `stopping` aborted.
 */
export class CallsUnderWay {
  readonly #stopping = new AbortController();
  #count = 0;
  #onIdle: (() => void) | undefined;

  /** Aborted when the service stops. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** A call has begun; it is over when the result is disposed. */
  enter(): Disposable {
    this.#count += 1;
    return {
      [Symbol.dispose]: () => {
        this.#count -= 1;
        if (this.#count === 0) this.#onIdle?.();
      },
    };
  }

  /** Tells every call to end, and waits until they have. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#count === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    const timer = setTimeout(resolve, LONGEST_WAIT_MS);
    await promise;
    clearTimeout(timer);
  }
}
