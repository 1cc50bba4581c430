/**
 * The time of local runs: that on the wall, or a virtual one that stands still while somebody is at work.
 *
 * Owns the timers. Does not own what is timed.
 *
 * C1. Timers fire in the order of their times, those of one time in the order in which they were set.
 * C2. Virtual time moves only to the next timer, and only when nothing is at work that does not itself wait for the clock.
 * C3. Where nothing is at work and no timer is set, `onIdle` is told: by itself nothing will ever happen again.
 */

/** Something is at work; the clock waits for it. Disposed once it is done. */
export interface Hold extends Disposable {
  /** Whether it waits for the clock itself just now. */
  setWaiting(isWaiting: boolean): void;
}

interface Timer {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** Node's timers take no longer delay than this. */
const LONGEST_TIMER_MS = 2_147_483_647;

export class LocalClock implements Disposable {
  readonly #isVirtual: boolean;
  readonly #onIdle: () => void;
  /** By time; those of one time in the order in which they were set. */
  readonly #timers: Timer[] = [];
  #virtualMs = Date.now();
  #atWork = 0;
  #turn: NodeJS.Immediate | undefined;
  #alarm: NodeJS.Timeout | undefined;

  constructor(isVirtual: boolean, onIdle: () => void) {
    this.#isVirtual = isVirtual;
    this.#onIdle = onIdle;
  }

  /** Milliseconds since 1970. */
  nowMs(): number {
    return this.#isVirtual ? this.#virtualMs : Date.now();
  }

  /** Calls back when the time has come, never at once. A time that never comes (Infinity) is no timer. */
  at(dueMs: number, fire: () => void): Disposable {
    const timer = { dueMs, fire };
    if (Number.isFinite(dueMs)) {
      const later = this.#timers.findIndex((other) => other.dueMs > dueMs);
      this.#timers.splice(later === -1 ? this.#timers.length : later, 0, timer);
    }
    this.goOn();
    return { [Symbol.dispose]: () => this.#drop(timer) };
  }

  hold(): Hold {
    let counts = true;
    const count = (isCounted: boolean): void => {
      if (isCounted === counts) return;
      counts = isCounted;
      this.#atWork += isCounted ? 1 : -1;
      this.goOn();
    };
    this.#atWork += 1;
    return { setWaiting: (isWaiting) => count(!isWaiting), [Symbol.dispose]: () => count(false) };
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#turn);
    clearTimeout(this.#alarm);
    this.#timers.length = 0;
  }

  #drop(timer: Timer): void {
    const at = this.#timers.indexOf(timer);
    if (at !== -1) this.#timers.splice(at, 1);
    this.goOn();
  }

  /** Looks at what is next once whoever runs now has had their turn. Called where something has changed besides timers. */
  goOn(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#next();
    });
  }

  #next(): void {
    clearTimeout(this.#alarm);
    const [first] = this.#timers;
    if (first === undefined) {
      if (this.#atWork === 0) this.#onIdle();
    } else if (this.#isVirtual) {
      if (this.#atWork === 0) this.#fire(first);
    } else {
      const delayMs = Math.min(first.dueMs - Date.now(), LONGEST_TIMER_MS);
      if (delayMs <= 0) this.#fire(first);
      else this.#alarm = setTimeout(() => this.#next(), delayMs);
    }
  }

  #fire(timer: Timer): void {
    this.#timers.shift();
    this.#virtualMs = Math.max(this.#virtualMs, timer.dueMs);
    this.goOn();
    timer.fire();
  }
}
