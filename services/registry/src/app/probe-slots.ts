/**
 * Bounds how much goes on at a time.
 *
 * Owns the slots and the queue for them. Whoever comes first gets the next free one.
 */
export class ProbeSlots {
  #free: number;
  readonly #queue: Array<() => void> = [];

  /** `count` is at least 1. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Runs `work` in a slot, waiting for one first. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
