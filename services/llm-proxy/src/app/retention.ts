/**
 * Forgets completions that are too old.
 *
 * Owns the timer. Several proxies may sweep at a time: each takes other rows.
 */
import type { CompletionStore } from './completion-store.ts';
import type { LlmObserver } from './llm-observer.ts';

/** What a sweep needs. */
export interface RetentionOptions {
  readonly store: CompletionStore;
  readonly observer: LlmObserver;
  /** Age from which completions are forgotten. */
  readonly retentionMs: number;
  /** Time between two sweeps; default an hour. */
  readonly intervalMs?: number;
}

const HOUR_MS = 3_600_000;
const BATCH = 1000;

/** Sweeps at once and then again and again; dispose to stop, after the statement under way. */
export class Retention implements AsyncDisposable {
  readonly #options: RetentionOptions;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #stopped = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#sweeping = this.#sweep();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const { store, observer, retentionMs, intervalMs = HOUR_MS } = this.#options;
    let swept = 0;
    try {
      for (let count = BATCH; count === BATCH && !this.#stopped; swept += count) {
        count = await store.forget(retentionMs, BATCH);
      }
    } catch (error) {
      observer.databaseFailed('forgetting old completions', error);
    }
    if (swept > 0) observer.swept(swept);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#sweeping = this.#sweep();
    }, intervalMs);
  }
}
