import {
  scheduleKeyText,
  type DueSchedule,
  type ScheduleRow,
  type ScheduleStore,
  type ScheduleWrite,
} from '../../app/schedules/schedule-store.ts';
import { shardOfSchedule } from '../../domain/schedule/derived.ts';
import type { ScheduleKey } from '../../domain/schedule/schedule.ts';

/** What the twin needs. */
export interface MemoryScheduleStoreOptions {
  /** The store's clock, in milliseconds since 1970; default: the machine's. */
  readonly nowMs?: () => number;
  /** Told of what the schedulers are told of (Y3). */
  readonly onTold?: () => void;
}

/** Schedules in memory: the twin of the Postgres adapter for tests. */
export class MemoryScheduleStore implements ScheduleStore {
  readonly #nowMs: () => number;
  readonly #onTold: () => void;
  readonly #rows = new Map<string, ScheduleRow>();

  constructor({ nowMs = Date.now, onTold = () => {} }: MemoryScheduleStoreOptions = {}) {
    this.#nowMs = nowMs;
    this.#onTold = onTold;
  }

  async create(row: ScheduleRow) {
    const present =
      this.#rows.get(scheduleKeyText(row)) ??
      [...this.#rows.values()].find(
        (it) => row.requestId !== '' && it.namespace === row.namespace && it.requestId === row.requestId,
      );
    if (present !== undefined) return { row: present, created: false };
    this.#rows.set(scheduleKeyText(row), row);
    this.#onTold();
    return { row, created: true };
  }

  async load(keys: readonly ScheduleKey[]): Promise<readonly ScheduleRow[]> {
    return keys.flatMap((key) => this.#rows.get(scheduleKeyText(key)) ?? []);
  }

  async save(writes: readonly ScheduleWrite[]): Promise<readonly boolean[]> {
    const saved = writes.map((write) => this.#save(write));
    if (writes.some(({ change }, index) => change !== undefined && saved[index])) this.#onTold();
    return saved;
  }

  async delete(key: ScheduleKey): Promise<boolean> {
    const existed = this.#rows.delete(scheduleKeyText(key));
    if (existed) this.#onTold();
    return existed;
  }

  async list(namespace: string, afterScheduleId: string, limit: number): Promise<readonly ScheduleRow[]> {
    return [...this.#rows.values()]
      .filter((row) => row.namespace === namespace && row.scheduleId > afterScheduleId)
      .toSorted((a, b) => (a.scheduleId < b.scheduleId ? -1 : 1))
      .slice(0, limit);
  }

  async due(shards: readonly number[], withinMs: number, limit: number): Promise<readonly DueSchedule[]> {
    const untilMs = this.#nowMs() + withinMs;
    return [...this.#rows.values()]
      .flatMap(({ namespace, scheduleId, checkAtMs }) =>
        checkAtMs === undefined ? [] : [{ namespace, scheduleId, checkAtMs }],
      )
      .filter((row) => row.checkAtMs <= untilMs && shards.includes(shardOfSchedule(row)))
      .toSorted((a, b) => a.checkAtMs - b.checkAtMs)
      .slice(0, limit);
  }

  #save({ change, ...write }: ScheduleWrite): boolean {
    const row = this.#rows.get(scheduleKeyText(write));
    if (row?.writeSeq !== write.writeSeq) return false;
    this.#rows.set(scheduleKeyText(write), { ...row, ...write, ...change, writeSeq: write.writeSeq + 1 });
    return true;
  }
}
