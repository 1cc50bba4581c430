/**
 * Calls back a fixed time after each item was put in, with one timer for all: what is put in later is due later.
 *
 * Owns the items until they are due. Whoever does not care for one any more just says so when it comes.
 */
export class DelayLine<T> {
  readonly #delayMs: number;
  readonly #onDue: (item: T) => void;
  #waiting: { readonly item: T; readonly dueMs: number }[] = [];
  #head = 0;
  #isArmed = false;

  constructor(delayMs: number, onDue: (item: T) => void) {
    this.#delayMs = delayMs;
    this.#onDue = onDue;
  }

  add(item: T): void {
    this.#waiting.push({ item, dueMs: performance.now() + this.#delayMs });
    if (!this.#isArmed) this.#arm(this.#delayMs);
  }

  #arm(delayMs: number): void {
    this.#isArmed = true;
    setTimeout(() => this.#pass(), Math.max(1, Math.ceil(delayMs))).unref();
  }

  #pass(): void {
    const nowMs = performance.now();
    for (;;) {
      const next = this.#waiting[this.#head];
      if (next === undefined) break;
      if (next.dueMs > nowMs) return this.#goOn(next.dueMs - nowMs);
      this.#head += 1;
      this.#onDue(next.item);
    }
    this.#waiting = [];
    this.#head = 0;
    this.#isArmed = false;
  }

  #goOn(delayMs: number): void {
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
    this.#arm(delayMs);
  }
}
