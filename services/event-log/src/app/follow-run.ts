import type { Position } from '../domain/position.ts';
import type { RunKey } from '../domain/run-key.ts';
import type { Clock } from './clock.ts';
import { HistoryUnavailableError, RunNotFoundError } from './event-log-errors.ts';
import type { EventLogObserver } from './event-log-observer.ts';
import { LiveMailbox } from './live-mailbox.ts';
import type { LiveRuns } from './live-runs.ts';
import type { RunHistory } from './run-history.ts';
import { RunReader, type RunItem } from './run-reader.ts';
import type { TaskEventStore } from './task-event-store.ts';
import { TaskEventReader } from './task-event-reader.ts';

/** Longest wait for a run that nobody knows yet, and the pause between two looks. */
const UNKNOWN_RUN_MS = 5_000;
const UNKNOWN_RUN_POLL_MS = 250;
/** A transition that comes before what has arrived is waited for this long, then read from where it is. */
const GAP_WAIT_MS = 100;
/** Pause after a read that could not fill a gap. */
const GAP_RETRY_MS = 500;
/** Silence after which the reader is told that the stream is alive. */
const KEEP_ALIVE_MS = 10_000;

/** What a follower is given. */
export interface FollowedItem {
  readonly item: RunItem | { readonly kind: 'keep_alive' };
  /** Where to go on after it. */
  readonly position: Position;
}

/** Who follows what, from where. */
export interface FollowRequest {
  readonly run: RunKey;
  readonly from: Position;
  readonly taskEvents: boolean;
  /** Aborted when nobody reads any more. */
  readonly signal: AbortSignal;
}

/** What following needs. */
export interface FollowParts {
  readonly history: RunHistory;
  readonly tasks: TaskEventStore;
  readonly live: LiveRuns;
  readonly clock: Clock;
  readonly observer: EventLogObserver;
}

/**
 * A run's items from a position on until its end, without a gap and without a repeat.
 * @throws RunNotFoundError where nobody knew the run for 5 s.
 * @throws HistoryUnavailableError where nobody could be asked about it for as long.
 */
export async function* followRun(parts: FollowParts, request: FollowRequest): AsyncGenerator<FollowedItem> {
  const { run } = request;
  parts.observer.subscriberStarted(run);
  try {
    const follower = new RunFollower(parts, request);
    // Live first, then the store: what happens in between comes both ways, instead of neither.
    await using _joined = await parts.live.join(run, follower.mailbox, { taskEvents: request.taskEvents });
    yield* follower.items();
  } finally {
    parts.observer.subscriberEnded(run);
  }
}

/**
 * One subscriber:
 *
 *   wait until the run is known → replay from the store → live ─► ended
 *                                    ▲                      │ too slow, bus was away, something is missing
 *                                    └──────────────────────┘
 *
 * Owns what this subscriber has and waits for. Does not own the subscriptions (LiveRuns) or the truth (RunHistory).
 *
 * Invariants:
 * I1. Whatever arrives live only says sooner what a replay would say later; the RunReader takes each seq once.
 * I2. Silence never lasts longer than KEEP_ALIVE_MS, and each time the store is read again: lost news cost
 *     time, never an event.
 */
class RunFollower {
  readonly mailbox: LiveMailbox;
  readonly #parts: FollowParts;
  readonly #request: FollowRequest;
  readonly #reader: RunReader;
  readonly #tasks: TaskEventReader | undefined;
  #quietSinceMs: number;
  #gapDueMs = Infinity;

  constructor(parts: FollowParts, request: FollowRequest) {
    const { clock, observer, tasks: store } = parts;
    this.#parts = parts;
    this.#request = request;
    this.mailbox = new LiveMailbox(clock);
    const live = { mailbox: this.mailbox, signal: request.signal };
    this.#tasks = request.taskEvents ? new TaskEventReader({ store, clock, observer }, request.run, live) : undefined;
    this.#reader = new RunReader(request.run, request.from.seq, this.#tasks);
    this.#quietSinceMs = clock.nowMs();
  }

  async *items(): AsyncGenerator<FollowedItem> {
    const { history, clock } = this.#parts;
    const { run, from, signal } = this.#request;
    await this.#untilKnown();
    const head = await history.head(run);
    if (head?.ended === true && head.lastSeq <= from.seq) return;
    await this.#reader.resume(history, from);
    for await (const item of this.#replayThenLive()) {
      if (signal.aborted) return;
      yield item;
      this.#quietSinceMs = clock.nowMs();
    }
  }

  async *#replayThenLive(): AsyncGenerator<FollowedItem> {
    yield* this.#replay({ askSource: true });
    while (!this.#reader.ended && !this.#request.signal.aborted) {
      if (this.mailbox.overflowed || this.mailbox.missed) {
        const askSource = this.mailbox.missed;
        if (this.mailbox.overflowed) this.#parts.observer.subscriberLagged(this.#request.run);
        this.mailbox.reset();
        yield* this.#replay({ askSource });
        continue;
      }
      const record = this.mailbox.takeAfter(this.#reader.seq);
      if (record !== undefined) {
        if (record.body.byteLength > 0) yield* this.#reader.read(record);
        else yield* this.#replay({ askSource: true });
        continue;
      }
      if (this.#tasks !== undefined) {
        yield* this.#reader.placed(this.#tasks.takeLive());
        yield* this.#reader.placed(this.#tasks.retryHeld());
      }
      yield* this.#wait();
    }
  }

  /** Waits for news; what is missing, and silence that is too long, end the wait too. */
  async *#wait(): AsyncGenerator<FollowedItem> {
    const { clock } = this.#parts;
    const nowMs = clock.nowMs();
    if (!this.mailbox.hasAfter(this.#reader.seq)) this.#gapDueMs = Infinity;
    else if (this.#gapDueMs === Infinity) this.#gapDueMs = nowMs + GAP_WAIT_MS;
    if (nowMs >= this.#gapDueMs) {
      yield* this.#replay({ askSource: true });
      this.#gapDueMs = clock.nowMs() + GAP_RETRY_MS;
      return;
    }
    const keepAliveDueMs = this.#quietSinceMs + KEEP_ALIVE_MS;
    if (nowMs >= keepAliveDueMs) {
      yield { item: { kind: 'keep_alive' }, position: this.#reader.position };
      yield* this.#replay({ askSource: false });
      return;
    }
    const untilMs = Math.min(keepAliveDueMs, this.#gapDueMs, this.#tasks?.nextRetryMs ?? Infinity);
    await this.mailbox.changed(untilMs, this.#request.signal);
  }

  /** Everything that is stored, and where asked everything that its source has beyond that. */
  async *#replay(options: { readonly askSource: boolean }): AsyncGenerator<FollowedItem> {
    const { history } = this.#parts;
    const { run, signal } = this.#request;
    await this.#tasks?.look();
    while (!this.#reader.ended && !signal.aborted) {
      const records = await this.#readStored();
      for (const record of records) yield* this.#reader.read(record);
      if (records.length > 0) continue;
      if (!options.askSource || (await history.catchUp(run, this.#reader.seq)) !== 'added') break;
    }
    if (this.#tasks !== undefined && !this.#reader.ended) yield* this.#reader.placed(this.#tasks.catchUp());
  }

  /** None as well where a gap cannot be filled right now: it will be tried again. */
  async #readStored() {
    try {
      return await this.#parts.history.read(this.#request.run, this.#reader.seq);
    } catch (error) {
      if (error instanceof HistoryUnavailableError) return [];
      throw error;
    }
  }

  async #untilKnown(): Promise<void> {
    const { history, clock } = this.#parts;
    const { run, signal } = this.#request;
    const deadlineMs = clock.nowMs() + UNKNOWN_RUN_MS;
    while (!signal.aborted) {
      if ((await history.head(run)) !== undefined) return;
      const outcome = await history.catchUp(run, 0);
      if (outcome === 'added') return;
      const nowMs = clock.nowMs();
      if (nowMs >= deadlineMs) {
        if (outcome === 'unavailable') {
          throw new HistoryUnavailableError(`nobody can be asked about run ${run.runId} right now`);
        }
        throw new RunNotFoundError(run);
      }
      await this.mailbox.changed(Math.min(deadlineMs, nowMs + UNKNOWN_RUN_POLL_MS), signal);
    }
  }
}
