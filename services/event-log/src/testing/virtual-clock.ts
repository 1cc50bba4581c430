import type { Clock } from '../app/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Turns of the event loop without any timer after which everything is taken to wait for time to pass. */
const IDLE_TURNS = 25;

/** Time that passes when tests say so. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #nowMs = 0;
  readonly #startMs = Date.now();

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startMs + this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Lets time pass, calling back on the way whoever waits. Between two calls everything else has its turn. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settled();
    for (let next = this.#next(); next !== undefined && next.atMs <= untilMs; next = this.#next()) {
      this.#fire(next);
      await settled();
    }
    this.#nowMs = untilMs;
  }

  /** Lets time pass to the next timer whenever nothing else happens, until the work is done. */
  async advanceWhile<T>(work: Promise<T>): Promise<T> {
    const done = new AbortController();
    const finished = work.finally(() => done.abort());
    // Whoever awaits `finished` below is told; this only keeps the rejection from being unhandled meanwhile.
    finished.catch(() => {});
    while (!done.signal.aborted) {
      await settled();
      const next = this.#next();
      if (next !== undefined && !done.signal.aborted) this.#fire(next);
    }
    return finished;
  }

  #next(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) if (earliest === undefined || timer.atMs < earliest.atMs) earliest = timer;
    return earliest;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    timer.callback();
  }
}

/** Resolves when everything that is in memory has had its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < IDLE_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
