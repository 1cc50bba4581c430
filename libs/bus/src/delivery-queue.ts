/**
 * Deliveries that wait for a handler, oldest first.
 *
 * Invariants: I1. `bytes` is the sum of the sizes of what waits. I2. `take` gives at least one delivery when any waits.
 */

/** Something that waits for a handler. */
export interface Sized {
  readonly sizeBytes: number;
}

/** Limits of one take. */
export interface BatchLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** Time to wait for more before a batch that is not full is taken, in milliseconds. Default 0. */
  readonly gatherMs?: number;
}

export class DeliveryQueue<T extends Sized> {
  #items: T[] = [];
  #bytes = 0;

  get count(): number {
    return this.#items.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#bytes += item.sizeBytes;
  }

  /** Takes the oldest deliveries that fit together. */
  take(limits: BatchLimits): T[] {
    let count = 0;
    let bytes = 0;
    for (const item of this.#items) {
      if (count === limits.maxMessages || (count > 0 && bytes + item.sizeBytes > limits.maxBytes)) break;
      bytes += item.sizeBytes;
      count += 1;
    }
    this.#bytes -= bytes;
    if (count === this.#items.length) {
      const all = this.#items;
      this.#items = [];
      return all;
    }
    return this.#items.splice(0, count);
  }

  /** Throws the oldest away until no more than this waits. */
  trimTo(maxBytes: number): T[] {
    const dropped: T[] = [];
    while (this.#bytes > maxBytes) {
      const oldest = this.#items.shift();
      if (oldest === undefined) break;
      this.#bytes -= oldest.sizeBytes;
      dropped.push(oldest);
    }
    return dropped;
  }
}
