/**
 * Forgets instances that are not heard of any more, while it is started. One process of a database does it, the one that
 * probes.
 *
 * W1. An outage of the database or of this process costs no instance its lease: one that is longer than the sweep has been
 *     at work without a failure is left.
 */
import type { LoadStore } from './agent-store.ts';

/** What a sweep needs. */
export interface LeaseSweepOptions {
  readonly store: LoadStore;
  readonly intervalMs: number;
  readonly onExpired: (instances: number) => void;
  readonly onFailed: (error: unknown) => void;
}

export class LeaseSweep implements AsyncDisposable {
  readonly #options: LeaseSweepOptions;
  #aliveSinceMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;

  constructor(options: LeaseSweepOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#aliveSinceMs !== undefined) return;
    this.#aliveSinceMs = performance.now();
    this.#schedule();
  }

  stop(): void {
    this.#aliveSinceMs = undefined;
    clearTimeout(this.#timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#working;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#working = this.#sweep().finally(() => {
        this.#working = undefined;
        if (this.#aliveSinceMs !== undefined) this.#schedule();
      });
    }, this.#options.intervalMs);
  }

  async #sweep(): Promise<void> {
    const { store, onExpired, onFailed } = this.#options;
    if (this.#aliveSinceMs === undefined) return;
    try {
      const expired = await store.sweep(performance.now() - this.#aliveSinceMs);
      if (expired > 0) onExpired(expired);
    } catch (error) {
      if (this.#aliveSinceMs === undefined) return;
      this.#aliveSinceMs = performance.now();
      onFailed(error);
    }
  }
}
