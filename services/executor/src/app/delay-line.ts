/**
 * Calls back a fixed time after each item was put in, with one timer for all: what is put in later is due later.
 *
 * Owns the items until they are due or taken out. Nothing of what is taken out is kept: of the short tasks that pass through
 * in a second hardly any is ever due, and together they would outlive the nursery.
 */
export class DelayLine<T> {
  readonly #delayMs: number;
  readonly #onDue: (item: T) => void;
  /** When each is due, in the order in which they are. */
  readonly #dueMs = new Map<T, number>();
  #isArmed = false;

  constructor(delayMs: number, onDue: (item: T) => void) {
    this.#delayMs = delayMs;
    this.#onDue = onDue;
  }

  /** Of an item that is in already nothing changes. */
  add(item: T): void {
    if (this.#dueMs.has(item)) return;
    this.#dueMs.set(item, performance.now() + this.#delayMs);
    if (!this.#isArmed) this.#arm(this.#delayMs);
  }

  /** It is not called back. */
  remove(item: T): void {
    this.#dueMs.delete(item);
  }

  #arm(delayMs: number): void {
    this.#isArmed = true;
    setTimeout(() => this.#pass(), Math.max(1, Math.ceil(delayMs))).unref();
  }

  #pass(): void {
    const nowMs = performance.now();
    for (const [item, dueMs] of this.#dueMs) {
      if (dueMs > nowMs) return this.#arm(dueMs - nowMs);
      this.#dueMs.delete(item);
      this.#onDue(item);
    }
    this.#isArmed = false;
  }
}
