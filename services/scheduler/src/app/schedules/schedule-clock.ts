/**
 * Wakes this scheduler's schedules when they have to be looked at.
 *
 * Owns: the timers of the schedules that are due soon. Does not own: what then happens (ScheduleKeeper), nor its safety:
 * who wakes a schedule that is not its own, or one too early, does no harm.
 *
 * C1. The store is asked every second for what is due within HORIZON_MS; who keeps still for a second misses nothing.
 * C2. A change that is told of, and a change of the members, make it ask at once.
 * C3. While this scheduler cannot be sure that it lives it wakes nothing: another one may be doing it.
 */
import type { ScheduleKey } from '../../domain/schedule/schedule.ts';
import type { Ownership } from '../ownership.ts';
import type { ScheduleKeeper } from './schedule-keeper.ts';
import { scheduleKeyText, type ScheduleStore } from './schedule-store.ts';

/** What the clock needs. */
export interface ScheduleClockOptions {
  readonly store: Pick<ScheduleStore, 'due'>;
  readonly keeper: Pick<ScheduleKeeper, 'advance'>;
  readonly ownership: Pick<Ownership, 'shards' | 'isActive'>;
  /** Now by the store's clock, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** The store failed, or a schedule could not be worked with; the next second tries again. */
  readonly onFailed: (error: unknown, key?: ScheduleKey) => void;
}

interface Alarm {
  readonly key: ScheduleKey;
  readonly atMs: number;
}

const SWEEP_MS = 1000;
/** Longer than a sweep and the time that it takes. */
const HORIZON_MS = 2500;
/** Alarms that are kept; of more, the most overdue come first. */
const MOST_ALARMS = 5000;
/** A schedule that asks to be looked at again at once lets others go first. */
const LEAST_PAUSE_MS = 1;

export class ScheduleClock implements AsyncDisposable {
  readonly #options: ScheduleClockOptions;
  #alarms = new Map<string, Alarm>();
  /** Schedules that are being looked at. */
  readonly #awake = new Map<string, Promise<void>>();
  /** Who waits for the end of which run, and the other way round. */
  readonly #awaited = new Map<string, ScheduleKey>();
  readonly #awaits = new Map<string, readonly string[]>();
  #alarmTimer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #sweepAgain = false;
  #isStopping = false;

  constructor(options: ScheduleClockOptions) {
    this.#options = options;
  }

  /** Asks the store now, and from then on every second (C2). */
  poke(): void {
    if (this.#isStopping) return;
    this.#sweepAgain = this.#sweeping !== undefined;
    if (this.#sweepAgain) return;
    clearTimeout(this.#sweepTimer);
    this.#sweeping = this.#sweepAndWait();
  }

  /** Other schedules may be this scheduler's now (C2). */
  membersChanged(): void {
    this.#awaited.clear();
    this.#awaits.clear();
    this.poke();
  }

  /** A run has ended here; a schedule may wait for it. */
  runEnded(runId: string): void {
    const key = this.#awaited.get(runId);
    if (key === undefined) return;
    this.#awaited.delete(runId);
    this.#alarms.set(scheduleKeyText(key), { key, atMs: this.#options.nowMs() });
    this.#arm();
  }

  /** Waits for what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#alarmTimer);
    clearTimeout(this.#sweepTimer);
    await this.#sweeping;
    await Promise.all(this.#awake.values());
  }

  async #sweepAndWait(): Promise<void> {
    try {
      await this.#sweep();
    } catch (error) {
      this.#options.onFailed(error);
    }
    this.#sweeping = undefined;
    if (this.#isStopping) return;
    this.#sweepTimer = setTimeout(() => this.poke(), this.#sweepAgain ? 0 : SWEEP_MS);
    this.#sweepTimer.unref();
  }

  /** C1. */
  async #sweep(): Promise<void> {
    const { store, ownership } = this.#options;
    if (!ownership.isActive) return;
    const due = await store.due(ownership.shards, HORIZON_MS, MOST_ALARMS);
    this.#alarms = new Map(
      due.map(({ namespace, scheduleId, checkAtMs }) => {
        const key = { namespace, scheduleId };
        return [scheduleKeyText(key), { key, atMs: checkAtMs }];
      }),
    );
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#alarmTimer);
    if (this.#isStopping) return;
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const [text, { atMs }] of this.#alarms) if (!this.#awake.has(text)) earliestMs = Math.min(earliestMs, atMs);
    if (!Number.isFinite(earliestMs)) return;
    const delayMs = Math.max(LEAST_PAUSE_MS, earliestMs - this.#options.nowMs());
    this.#alarmTimer = setTimeout(() => this.#ring(), delayMs);
    this.#alarmTimer.unref();
  }

  /** C3. */
  #ring(): void {
    if (!this.#options.ownership.isActive) return;
    const nowMs = this.#options.nowMs();
    for (const [text, { key, atMs }] of this.#alarms) {
      if (atMs > nowMs || this.#awake.has(text)) continue;
      this.#alarms.delete(text);
      this.#awake.set(text, this.#wake(text, key));
    }
    this.#arm();
  }

  async #wake(text: string, key: ScheduleKey): Promise<void> {
    const { keeper, nowMs, onFailed } = this.#options;
    try {
      const upToDate = await keeper.advance(key);
      this.#await(text, key, upToDate?.awaits ?? []);
      const atMs = upToDate?.checkAtMs;
      if (atMs !== undefined && atMs < nowMs() + HORIZON_MS) this.#alarms.set(text, { key, atMs });
    } catch (error) {
      onFailed(error, key);
    } finally {
      this.#awake.delete(text);
      this.#arm();
    }
  }

  #await(text: string, key: ScheduleKey, runIds: readonly string[]): void {
    for (const runId of this.#awaits.get(text) ?? []) this.#awaited.delete(runId);
    for (const runId of runIds) this.#awaited.set(runId, key);
    if (runIds.length > 0) this.#awaits.set(text, runIds);
    else this.#awaits.delete(text);
  }
}
