/**
 * Keeps every open run moving: adopts what nobody holds when the scheduler starts, looks at what is due,
 * relays what event-log has not confirmed, and clears away old start keys.
 *
 * Owns: the rounds and their timers. Every round is safe to repeat and to miss.
 */
import type { EngineObserver } from './engine-observer.ts';
import type { Outbox } from './outbox.ts';
import type { RunEngine } from './run-engine.ts';
import type { RunStore } from './run-store.ts';
import { CHECK_INTERVAL_MS } from './run-transition.ts';

/** What the keeper needs. */
export interface RunKeeperOptions {
  readonly engine: RunEngine;
  readonly store: RunStore;
  readonly outbox: Outbox;
  readonly observer: EngineObserver;
  /** Whether this scheduler is the active one; one that stands by relays events, but leaves runs alone. */
  readonly isActive: () => boolean;
}

/** Time that a start key makes its start idempotent. */
export const START_KEY_AGE_MS = 24 * 60 * 60 * 1000;
const ROUND_MS = 1000;
const CLEANING_MS = 10 * 60 * 1000;
const PAGE = 500;

/** The rounds of one scheduler. */
export class RunKeeper implements AsyncDisposable {
  readonly #options: RunKeeperOptions;
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #lastCleaningMs = 0;

  constructor(options: RunKeeperOptions) {
    this.#options = options;
  }

  /** Adopts every open run, oldest first; resolves when all are in memory or known to be another's business. */
  async adoptAll(): Promise<number> {
    const { store } = this.#options;
    let adopted = 0;
    let after: string | undefined;
    for (;;) {
      const runIds = await store.openRuns(after, PAGE);
      await Promise.all(runIds.map((runId) => this.#adopt(runId)));
      adopted += runIds.length;
      after = runIds.at(-1);
      if (runIds.length < PAGE) return adopted;
    }
  }

  /** Begins the rounds. */
  start(): void {
    if (this.#stopping) return;
    this.#timer = setTimeout(() => {
      this.#round = this.round()
        .catch((error: unknown) => this.#options.observer.storeFailed(error))
        .then(() => this.start());
    }, ROUND_MS);
    this.#timer.unref();
  }

  /** One round. */
  async round(): Promise<void> {
    await this.#options.outbox.relay();
    if (this.#options.isActive()) await this.#sweep();
    const nowMs = performance.now();
    if (nowMs - this.#lastCleaningMs < CLEANING_MS) return;
    this.#lastCleaningMs = nowMs;
    await this.#options.store.deleteStartKeys(START_KEY_AGE_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** Runs in memory look after themselves; what is due and not in memory was parked. */
  async #sweep(): Promise<void> {
    const { store, engine } = this.#options;
    const due = await store.dueRuns(PAGE);
    if (due.length === 0) return;
    await Promise.all(due.map((runId) => this.#adopt(runId)));
    const open = due.filter((runId) => engine.peek(runId) !== undefined);
    await store.postpone(open, CHECK_INTERVAL_MS);
  }

  async #adopt(runId: string): Promise<void> {
    try {
      await this.#options.engine.adopt(runId);
    } catch (error) {
      this.#options.observer.runSetAside(runId, error);
      await this.#options.store.postpone([runId], CHECK_INTERVAL_MS);
    }
  }
}
