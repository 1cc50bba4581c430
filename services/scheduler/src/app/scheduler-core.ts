/**
 * A scheduler without its surroundings: engine, dispatcher, commit lanes, outbox and keeper, put together.
 *
 * Owns: the wiring, and what becoming the active scheduler means. Does not own: leadership, the store, the bus, and
 * the streams of executors; the real service and the simulation each bring their own.
 */
import { backoffMs } from '@skein/lifecycle';
import { CommitLanes } from './commit-lanes.ts';
import { Dispatcher } from './dispatcher.ts';
import type { SchedulerObserver } from './engine-observer.ts';
import { Outbox, type EventCarrier } from './outbox.ts';
import type { PlanSource } from './plan-source.ts';
import { RunEngine } from './run-engine.ts';
import { RunKeeper } from './run-keeper.ts';
import type { RunStore } from './run-store.ts';

/** What a scheduler is made of. */
export interface SchedulerCoreOptions {
  readonly store: RunStore;
  readonly plans: PlanSource;
  readonly carrier: EventCarrier;
  readonly observer: SchedulerObserver;
  /** Whether this scheduler is the one that folds runs. */
  readonly isActive: () => boolean;
  /** A new UUIDv7. */
  readonly newCommitId: () => string;
  /** Now, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Draws a number in [0, 1). */
  readonly random: () => number;
}

/** One scheduler's parts. */
export class SchedulerCore implements AsyncDisposable {
  readonly engine: RunEngine;
  readonly dispatcher: Dispatcher;
  readonly outbox: Outbox;
  readonly keeper: RunKeeper;
  readonly #lanes: CommitLanes;
  /** Whether it has become the active one before, from beginning to end. */
  #hasAdopted = false;

  constructor(options: SchedulerCoreOptions) {
    const { store, observer, random } = options;
    const onPublishFailed = (error: unknown) => observer.publishFailed(error);
    this.outbox = new Outbox({ carrier: options.carrier, store, onPublishFailed });
    this.#lanes = new CommitLanes({
      store,
      outbox: this.outbox,
      newCommitId: options.newCommitId,
      onRetry: (error) => observer.storeFailed(error),
      pause: (tries) => retryPause(tries, random),
    });
    const submit = (...[runId, command]: Parameters<RunEngine['submit']>): void => {
      this.engine.submit(runId, command).catch((error: unknown) => observer.reportFailed(runId, error));
    };
    this.dispatcher = new Dispatcher({
      onTimeout: (runId, key, timeout) => {
        if (options.isActive()) submit(runId, { kind: 'task_timed_out', key, timeout });
      },
      onLost: (runId, key, reason) => submit(runId, { kind: 'lose_dispatch', key, reason }),
    });
    const commit = this.#lanes.add.bind(this.#lanes);
    this.engine = new RunEngine({ ...options, dispatcher: this.dispatcher, commit });
    this.keeper = new RunKeeper({ ...options, engine: this.engine, outbox: this.outbox });
  }

  /**
   * To be called each time this scheduler has become the active one, before it says so; answers how many open runs
   * it holds. `continued`: nobody else was active since it last was.
   */
  async becomeActive(continued: boolean): Promise<number> {
    if (!continued || !this.#hasAdopted) {
      this.#hasAdopted = false;
      this.engine.release();
      await this.keeper.adoptAll();
      this.#hasAdopted = true;
    }
    this.engine.resume();
    return this.engine.size;
  }

  /** Ends rounds and timers, then waits for the commits under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.keeper[Symbol.asyncDispose]();
    this.engine.stop();
    await this.#lanes.idle();
  }
}

const RETRY = { initialMs: 10, maxMs: 1000, jitter: 0.5 };

/** Waits between tries at a store that fails. */
function retryPause(tries: number, random: () => number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, backoffMs(tries, RETRY, random)));
}
