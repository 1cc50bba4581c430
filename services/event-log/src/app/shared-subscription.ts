import type { BusSubscription } from '@skein/bus';

/**
 * One subscription for many users: opened by the first, closed by the last.
 *
 * Invariants: I1. Users share one; a new one is opened only after the last user has left. I2. `join` resolves when it is open; where opening fails, everybody
 * who waits is told and the next one tries again.
 */
export class SharedSubscription {
  readonly #open: () => Promise<BusSubscription>;
  #current: Promise<BusSubscription> | undefined;
  #users = 0;

  constructor(open: () => Promise<BusSubscription>) {
    this.#open = open;
  }

  /** Returns the function that ends this user's part. */
  async join(): Promise<() => Promise<void>> {
    this.#users += 1;
    const joined = (this.#current ??= this.#open());
    try {
      await joined;
    } catch (error) {
      if (this.#current === joined) this.#current = undefined;
      this.#users -= 1;
      throw error;
    }
    let left = false;
    return async () => {
      if (left) return;
      left = true;
      this.#users -= 1;
      if (this.#users > 0) return;
      const last = this.#current;
      this.#current = undefined;
      await (await last)?.[Symbol.asyncDispose]();
    };
  }
}
