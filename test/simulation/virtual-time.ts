/**
 * Time that passes only when nothing is left to do at the present moment.
 *
 * Owns: the timers and immediates of everything that runs in the simulated world. While it is installed it stands in
 * for the global timers, so that the real code runs unchanged.
 *
 * V1. Between two callbacks every promise that can be settled is.
 * V2. Timers that are due at the same millisecond fire in a random but repeatable order.
 * V3. Nothing depends on the machine's clock or speed: the same random numbers give the same order of everything.
 */

interface Timer {
  readonly dueMs: number;
  readonly tieBreak: number;
  readonly callback: () => void;
}

/** Longest delay that a real timer keeps; a longer one fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export class VirtualTime implements Disposable {
  readonly #random: () => number;
  readonly #timers = new Set<Timer>();
  #immediates: (() => void)[] = [];
  #nowMs = 0;
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setImmediate: globalThis.setImmediate,
  };

  constructor(random: () => number) {
    this.#random = random;
    // The real timers' types have overloads and properties that nothing in the simulated world uses.
    globalThis.setTimeout = ((callback: () => void, delayMs?: number) =>
      this.after(delayMs ?? 0, callback)) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((timer: Timer | undefined) => this.cancel(timer)) as unknown as typeof clearTimeout;
    globalThis.setImmediate = ((callback: () => void) =>
      void this.#immediates.push(callback)) as unknown as typeof setImmediate;
    performance.now = () => this.#nowMs;
  }

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Calls back after a delay. */
  after(delayMs: number, callback: () => void): Timer {
    const kept = delayMs > MAX_DELAY_MS ? 1 : Math.max(1, Math.trunc(delayMs));
    const timer = { dueMs: this.#nowMs + kept, tieBreak: this.#random(), callback, unref: () => timer };
    this.#timers.add(timer);
    return timer;
  }

  cancel(timer: Timer | undefined): void {
    if (timer !== undefined) this.#timers.delete(timer);
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Lets time pass until the condition holds; false where it does not before `limitMs`. */
  async passUntil(holds: () => boolean, limitMs: number): Promise<boolean> {
    for (;;) {
      await this.#settlePromises();
      if (holds()) return true;
      const immediate = this.#immediates.shift();
      if (immediate !== undefined) {
        immediate();
        continue;
      }
      const timer = this.#earliest();
      if (timer === undefined || timer.dueMs > limitMs) return false;
      this.#timers.delete(timer);
      this.#nowMs = timer.dueMs;
      timer.callback();
    }
  }

  /** Gives the real timers back. */
  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
    // The real one is a method of the prototype.
    Reflect.deleteProperty(performance, 'now');
    this.#timers.clear();
    this.#immediates = [];
  }

  /** V1: a turn of the real event loop comes after every promise. */
  #settlePromises(): Promise<void> {
    return new Promise((resolve) => this.#real.setImmediate(resolve));
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) {
      if (earliest === undefined || isBefore(timer, earliest)) earliest = timer;
    }
    return earliest;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.tieBreak < b.tieBreak);
}
