/**
 * Keeps every open run of this scheduler moving: adopts what becomes its own, looks at what is due, looks again for
 * what a former owner left behind or went on with, relays what event-log has not confirmed, and clears away old start keys.
 *
 * Owns: the rounds and their timers. Every round is safe to repeat and to miss.
 */
import { UnknownEventError } from '@skein/events';
import type { CalledRuns } from './called-runs.ts';
import type { EngineObserver } from './engine-observer.ts';
import { UnknownFinalStateError } from './final-state.ts';
import type { RunAdmission } from './limits/run-admission.ts';
import type { Outbox } from './outbox.ts';
import type { Ownership } from './ownership.ts';
import { type RunEngine } from './run-engine.ts';
import { RunElsewhereError } from './run-errors.ts';
import type { RunStore } from './run-store.ts';
import { CHECK_INTERVAL_MS } from './run-transition.ts';

/** What the keeper needs. */
export interface RunKeeperOptions {
  readonly engine: RunEngine;
  readonly store: RunStore;
  readonly outbox: Outbox;
  readonly observer: EngineObserver;
  /** Which runs are this scheduler's; one that is not sure relays events, but leaves runs alone. */
  readonly ownership: Ownership;
  /** Child runs that agents have started. */
  readonly called: Pick<CalledRuns, 'catchUp'>;
  /** Looks after the limits that runs wait for. */
  readonly admission: Pick<RunAdmission, 'round' | 'forget'>;
  /** Leaves a run to a newer scheduler; false where there is none. */
  readonly handOver: (runId: string) => Promise<boolean>;
}

/** Time that a start key makes its start idempotent. */
export const START_KEY_AGE_MS = 24 * 60 * 60 * 1000;
const ROUND_MS = 1000;
const CLEANING_MS = 10 * 60 * 1000;
const PAGE = 500;
/** What commits and clocks may add to the time in which an open run that is not parked is due. */
const PARK_SLACK_MS = 30_000;

/** The rounds of one scheduler. */
export class RunKeeper implements AsyncDisposable {
  readonly #options: RunKeeperOptions;
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #lastCleaningMs = 0;
  /** Whether runs may be left that should be in memory: until a look that began when no former owner was at work. */
  #isAdopting = false;

  constructor(options: RunKeeperOptions) {
    this.#options = options;
  }

  /** Adopts every open run of this scheduler that is not parked, oldest first. */
  async adoptAll(): Promise<void> {
    const { store, ownership, engine } = this.#options;
    this.#isAdopting = true;
    // What a former owner commits until then may come behind this look.
    const isLast = !ownership.isSettling;
    let after: string | undefined;
    for (;;) {
      const runIds = await store.openRuns(after, PAGE, CHECK_INTERVAL_MS + PARK_SLACK_MS);
      await Promise.all(runIds.filter((runId) => ownership.owns(runId)).map((runId) => this.#adopt(runId)));
      after = runIds.at(-1);
      if (runIds.length < PAGE) break;
    }
    // A former owner that has ended a child run cannot tell a parent that was here by then.
    if (isLast) engine.lookAfterChildren();
    await this.#options.called.catchUp(ownership.shards, isLast);
    this.#isAdopting = !isLast;
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
    const { outbox, ownership } = this.#options;
    await outbox.relay();
    if (ownership.isActive) {
      await this.#sweep();
      await this.#options.admission.round();
      if (this.#isAdopting) await this.adoptAll();
      else await this.#options.called.catchUp(ownership.shards, true);
      await this.#lookAfterAwaited();
    }
    const nowMs = performance.now();
    if (nowMs - this.#lastCleaningMs < CLEANING_MS) return;
    this.#lastCleaningMs = nowMs;
    await this.#options.store.deleteStartKeys(START_KEY_AGE_MS);
    await this.#options.admission.forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** Runs in memory look after themselves; what is due and not in memory was parked. */
  async #sweep(): Promise<void> {
    const { store, engine, ownership } = this.#options;
    const due = await store.dueRuns(PAGE, ownership.shards);
    if (due.length === 0) return;
    await Promise.all(due.map((runId) => this.#adopt(runId)));
    const open = due.filter((runId) => engine.peek(runId) !== undefined);
    await store.postpone(open, CHECK_INTERVAL_MS);
  }

  /** The end of a run may have been written by somebody who was its owner a moment ago. */
  async #lookAfterAwaited(): Promise<void> {
    const { store, engine } = this.#options;
    const awaited = engine.awaitedRunIds;
    if (awaited.length === 0) return;
    for (const runId of await store.endedAmong(awaited))
      if (engine.peek(runId) !== undefined) await engine.reload(runId);
  }

  async #adopt(runId: string): Promise<void> {
    try {
      await this.#options.engine.adopt(runId);
    } catch (error) {
      if (error instanceof RunElsewhereError) return;
      const isNewer = error instanceof UnknownEventError || error instanceof UnknownFinalStateError;
      if (isNewer && (await this.#options.handOver(runId))) return;
      this.#options.observer.runSetAside(runId, error);
      await this.#options.store.postpone([runId], CHECK_INTERVAL_MS);
    }
  }
}
