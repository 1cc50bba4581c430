import type { ScheduleKey, ScheduleSpec, ScheduleState } from '../../domain/schedule/schedule.ts';

/** A schedule as it is stored. Times in milliseconds since 1970. */
export interface ScheduleRow extends ScheduleKey, ScheduleTimes {
  readonly spec: ScheduleSpec;
  readonly state: ScheduleState;
  /** Counts the changes by users. */
  readonly revision: number;
  /** Counts all writes. */
  readonly writeSeq: number;
  readonly createdAtMs: number;
  /** Of the last change by a user. */
  readonly updatedAtMs: number;
  /** Of the request that made it; empty: it had none. */
  readonly requestId: string;
  readonly requestDigest: string;
}

/** When something happens to a schedule. */
export interface ScheduleTimes {
  /** Undefined: it is paused, or has no fire time left. */
  readonly nextFireMs: number | undefined;
  /** When somebody has to look at it; undefined: when a user has changed it. */
  readonly checkAtMs: number | undefined;
}

/** One write of a row. */
export interface ScheduleWrite extends ScheduleKey, ScheduleTimes {
  /** Of the row that was read. */
  readonly writeSeq: number;
  readonly state: ScheduleState;
  /** Set where a user has changed it. */
  readonly change?: Pick<ScheduleRow, 'spec' | 'revision' | 'updatedAtMs'>;
}

/** A schedule that has to be looked at. */
export interface DueSchedule extends ScheduleKey {
  readonly checkAtMs: number;
}

/**
 * Where schedules are kept.
 *
 * Y1. Of several writes that were made from the same `writeSeq` exactly one is stored.
 * Y2. Of several creations with the same id, or the same request id, exactly one is stored.
 * Y3. Creations, changes by users and deletions are told to all schedulers. A hint: it may not come.
 */
export interface ScheduleStore {
  /** Stores a row with `writeSeq` 1; where its id or its request id is taken, answers with the row that has it. */
  create(row: ScheduleRow): Promise<{ readonly row: ScheduleRow; readonly created: boolean }>;
  /** Those of these schedules that there are, in any order. */
  load(keys: readonly ScheduleKey[]): Promise<readonly ScheduleRow[]>;
  /** Stores what wins; answers for each write whether it did. At most one write a schedule. */
  save(writes: readonly ScheduleWrite[]): Promise<readonly boolean[]>;
  /** Whether there was one. */
  delete(key: ScheduleKey): Promise<boolean>;
  /** Schedules of a namespace after an id, in the order of ids. */
  list(namespace: string, afterScheduleId: string, limit: number): Promise<readonly ScheduleRow[]>;
  /** Schedules of these shards that have to be looked at by then, the most overdue first. */
  due(shards: readonly number[], withinMs: number, limit: number): Promise<readonly DueSchedule[]>;
}

/** One text for a key; different keys have different ones. */
export function scheduleKeyText({ namespace, scheduleId }: ScheduleKey): string {
  return `${namespace}/${scheduleId}`;
}
