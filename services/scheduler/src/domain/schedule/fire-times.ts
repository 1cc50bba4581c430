/**
 * Fire times: what follows from a spec and nothing else. The same spec and schedule give the same times everywhere.
 *
 * F1. Times are told in their order, each once, whichever expressions name it.
 * F2. A question costs a bounded time, whatever is left out: at most MAX_LEFT_OUT times are passed over one by one.
 */
import { cronTimes, type CronTimes } from './cron.ts';
import { jitterOf } from './derived.ts';
import type { ScheduleKey, TimesSpec } from './schedule.ts';
import { ZoneDays } from './zone-days.ts';

/** A fire time. */
export interface FireTime {
  /** The time that the spec names, in milliseconds since 1970. */
  readonly fireMs: number;
  /** When the run is to be started: later by the jitter. */
  readonly dueMs: number;
  /** It is one that is left out: the search ended here without finding another (F2). */
  readonly isLeftOut: boolean;
}

/** Times that are passed over in one search. */
export const MAX_LEFT_OUT = 2000;

/** The fire times of one spec. */
export class FireTimes {
  readonly #spec: TimesSpec;
  readonly #key: ScheduleKey | undefined;
  readonly #crons: readonly CronTimes[];
  readonly #skippedCrons: readonly CronTimes[];
  /** Made when it is needed: it costs more than a time does. */
  #days: ZoneDays | undefined;

  /** Without a key there is no jitter. @throws Error where the spec was not checked. */
  constructor(spec: TimesSpec, key?: ScheduleKey) {
    this.#spec = spec;
    this.#key = key;
    this.#crons = spec.crons.map((cron) => cronTimes(cron, spec.timeZone));
    this.#skippedCrons = spec.skip.crons.map((cron) => cronTimes(cron, spec.timeZone));
  }

  /** The first fire time after this one, in milliseconds since 1970; undefined: there is none. */
  after(ms: number): FireTime | undefined {
    const { startMs, endMs } = this.#spec;
    let from = Math.max(ms, (startMs ?? Number.NEGATIVE_INFINITY) - 1);
    for (let leftOut = 1; ; leftOut += 1) {
      const fireMs = this.#named(from);
      if (fireMs === undefined || (endMs !== null && fireMs >= endMs)) return undefined;
      const passedMs = this.#leftOutUntil(fireMs);
      if (passedMs === undefined || leftOut >= MAX_LEFT_OUT) {
        return { fireMs, dueMs: fireMs + this.#jitter(fireMs), isLeftOut: passedMs !== undefined };
      }
      from = passedMs;
    }
  }

  /** The next times, without any that are left out. Fewer than asked for where there are no more, or none for long. */
  list(afterMs: number, count: number): readonly FireTime[] {
    const times: FireTime[] = [];
    let time = this.after(afterMs);
    while (time !== undefined && !time.isLeftOut && times.length < count) {
      times.push(time);
      if (times.length < count) time = this.after(time.fireMs);
    }
    return times;
  }

  /** The first time after this one that an expression or an interval names. */
  #named(ms: number): number | undefined {
    const byCron = this.#crons.flatMap((cron) => cron.after(ms) ?? []);
    const byInterval = this.#spec.intervals.map(
      ({ everyMs, offsetMs }) => (Math.floor((ms - offsetMs) / everyMs) + 1) * everyMs + offsetMs,
    );
    const times = [...byCron, ...byInterval];
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Until when, at least, times are left out from this one on; undefined: this one is not. */
  #leftOutUntil(ms: number): number | undefined {
    const { dates } = this.#spec.skip;
    if (dates.length > 0) {
      const days = (this.#days ??= new ZoneDays(this.#spec.timeZone));
      const day = days.dayAt(ms);
      const range = dates.find(({ first, last }) => day >= first && day <= last);
      if (range !== undefined) return days.endOf(range.last) - 1;
    }
    return this.#skippedCrons.some((cron) => cron.names(ms)) ? ms : undefined;
  }

  #jitter(fireMs: number): number {
    return this.#key === undefined ? 0 : jitterOf(this.#key, fireMs, this.#spec.jitterMs);
  }
}
