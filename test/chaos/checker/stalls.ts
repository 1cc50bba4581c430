import type { Interval } from './interval.ts';

const TICK_MS = 100;
/** A turn that comes so much late means that the machine is too busy to judge others by. */
const STALL_MS = 400;

/** Watches whether this process gets its turns. */
export class StallWatch implements Disposable {
  readonly stalls: Interval[] = [];
  readonly #timer: NodeJS.Timeout;
  #lastMs = Date.now();

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = Date.now();
    if (nowMs - this.#lastMs > TICK_MS + STALL_MS) this.stalls.push({ fromMs: this.#lastMs, toMs: nowMs });
    this.#lastMs = nowMs;
  }
}
