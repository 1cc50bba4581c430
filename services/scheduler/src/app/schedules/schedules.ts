/** What users do with schedules. */
import { hash, randomUUID } from 'node:crypto';
import { canonicalJson, type JsonValue } from '@skein/domain';
import { advance } from '../../domain/schedule/advance.ts';
import { checkTimes } from '../../domain/schedule/check-spec.ts';
import { runIdOfFire } from '../../domain/schedule/derived.ts';
import { FireTimes, type FireTime } from '../../domain/schedule/fire-times.ts';
import {
  newScheduleState,
  type Fire,
  type OverlapPolicy,
  type ScheduleKey,
  type ScheduleSpec,
  type TimesSpec,
} from '../../domain/schedule/schedule.ts';
import { invalidSpec, requestIdReused, scheduleChanged, scheduleExists, scheduleNotFound } from './schedule-errors.ts';
import type { ScheduleEdit, ScheduleKeeper } from './schedule-keeper.ts';
import type { ScheduleRow, ScheduleStore } from './schedule-store.ts';

/** What the use cases need. */
export interface ScheduleDependencies {
  readonly store: ScheduleStore;
  readonly keeper: ScheduleKeeper;
  /** Now by the store's clock, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** What a change asks for could not be carried out yet; the clock comes back to it. */
  readonly onFailed: (error: unknown, key: ScheduleKey) => void;
}

/** A schedule that is to be made. */
export interface NewSchedule {
  readonly key: ScheduleKey;
  readonly spec: ScheduleSpec;
  /** Empty: the call is not idempotent. */
  readonly requestId: string;
  /** Empty: it is not paused. */
  readonly pauseReason: string;
}

/** Fire times that one backfill may cover. */
export const MAX_BACKFILL_FIRES = 1000;
const MAX_BACKFILLS = 10;

/** Makes a schedule, or finds the one that the same request made. */
export async function createSchedule(
  { store, nowMs }: ScheduleDependencies,
  { key, spec, requestId, pauseReason }: NewSchedule,
): Promise<{ readonly row: ScheduleRow; readonly created: boolean }> {
  const now = nowMs();
  checkSpec(spec, now);
  const requestDigest = hash('sha256', canonicalJson({ ...key, spec, pauseReason } as unknown as JsonValue));
  const state = newScheduleState(now, pauseReason);
  const times = new FireTimes(spec, key);
  const { nextFireMs, checkAtMs } = advance({ key, spec, state, times, nowMs: now, ended: new Set() });
  const stamps = { createdAtMs: now, updatedAtMs: now, nextFireMs, checkAtMs };
  const { row, created } = await store.create({
    ...key,
    ...stamps,
    spec,
    state,
    revision: 1,
    writeSeq: 1,
    requestId,
    requestDigest,
  });
  if (created || (requestId !== '' && row.requestId === requestId && row.requestDigest === requestDigest)) {
    return { row, created };
  }
  throw requestId !== '' && row.requestId === requestId
    ? requestIdReused(requestId, row.scheduleId)
    : scheduleExists(key);
}

/** @throws SCHEDULE_NOT_FOUND */
export async function getSchedule({ store }: Pick<ScheduleDependencies, 'store'>, key: ScheduleKey) {
  const [row] = await store.load([key]);
  if (row === undefined) throw scheduleNotFound(key);
  return row;
}

/** Replaces the spec, after all that was due before; revision 0 stands for any. @throws SCHEDULE_NOT_FOUND, SCHEDULE_CHANGED, INVALID_FIELD */
export function updateSchedule(
  dependencies: ScheduleDependencies,
  key: ScheduleKey,
  spec: ScheduleSpec,
  revision: number,
): Promise<ScheduleRow> {
  return change(dependencies, key, (row, nowMs) => {
    if (revision !== 0 && row.revision !== revision) throw scheduleChanged(key, row.revision);
    checkSpec(spec, nowMs);
    return { spec, state: { ...row.state, decidedUntilMs: nowMs }, isRevision: true, isAfterAllDue: true };
  });
}

/** Holds at once: of more than MAX_FIRES that are due and not decided the rest pass. @throws SCHEDULE_NOT_FOUND */
export function pauseSchedule(dependencies: ScheduleDependencies, key: ScheduleKey, pauseReason: string) {
  return change(dependencies, key, ({ state }) => {
    if (state.isPaused && state.pauseReason === pauseReason) return undefined;
    return { state: { ...state, isPaused: true, pauseReason }, isRevision: true };
  });
}

/** @throws SCHEDULE_NOT_FOUND */
export function resumeSchedule(dependencies: ScheduleDependencies, key: ScheduleKey) {
  return change(dependencies, key, ({ state }, decidedUntilMs) => {
    if (!state.isPaused) return undefined;
    return { state: { ...state, isPaused: false, pauseReason: '', decidedUntilMs }, isRevision: true };
  });
}

/** @throws SCHEDULE_NOT_FOUND */
export async function deleteSchedule({ store }: ScheduleDependencies, key: ScheduleKey): Promise<void> {
  if (!(await store.delete(key))) throw scheduleNotFound(key);
}

/** Fires now; answers when the run exists, or it is clear why not. @throws SCHEDULE_NOT_FOUND */
export async function triggerSchedule(
  { keeper }: ScheduleDependencies,
  key: ScheduleKey,
  overlap: OverlapPolicy | undefined,
  requestId: string,
): Promise<{ readonly row: ScheduleRow; readonly fire: Fire }> {
  const nonce = `trigger/${requestId === '' ? randomUUID() : requestId}`;
  let fire: Fire | undefined;
  const changed = await keeper.change(key, ({ spec, state }, nowMs) => {
    const known = requestId === '' ? undefined : state.triggers.find((trigger) => trigger.requestId === requestId);
    fire = known?.fire ?? { kind: 'trigger', fireMs: nowMs, runId: runIdOfFire(key, nowMs, nonce) };
    if (known !== undefined) return undefined;
    const triggers =
      requestId === '' ? state.triggers : [{ requestId, fire }, ...state.triggers].slice(0, MAX_TRIGGERS);
    return { state: { ...state, triggers }, fire: { fire, overlap: overlap ?? spec.overlap }, isRevision: false };
  });
  if (changed === undefined || fire === undefined) throw scheduleNotFound(key);
  const upToDate = await keeper.advance(key);
  return { row: upToDate?.row ?? changed, fire };
}

/** Triggers that are known again by their request id. */
const MAX_TRIGGERS = 20;

/** Acts upon fire times of the past. @throws SCHEDULE_NOT_FOUND, INVALID_FIELD */
export async function backfillSchedule(
  dependencies: ScheduleDependencies,
  key: ScheduleKey,
  { startMs, endMs, overlap }: { readonly startMs: number; readonly endMs: number; readonly overlap: OverlapPolicy },
): Promise<{ readonly row: ScheduleRow; readonly fireCount: number }> {
  let fireCount = 0;
  const row = await change(dependencies, key, ({ spec, state }, nowMs) => {
    if (endMs > nowMs) throw invalidSpec([{ field: 'end_time', description: 'give a time that has passed' }]);
    const times = new FireTimes(spec, key).list(startMs - 1, MAX_BACKFILL_FIRES + 1);
    fireCount = times.filter(({ fireMs }) => fireMs < endMs).length;
    if (fireCount > MAX_BACKFILL_FIRES) {
      const description = `give a range of at most ${MAX_BACKFILL_FIRES} fire times`;
      throw invalidSpec([{ field: 'end_time', description }]);
    }
    if (state.backfills.length >= MAX_BACKFILLS) {
      const description = `wait for one of the ${MAX_BACKFILLS} backfills that are under way`;
      throw invalidSpec([{ field: 'schedule_id', description }]);
    }
    if (fireCount === 0) return undefined;
    return {
      state: { ...state, backfills: [...state.backfills, { nextMs: startMs, endMs, overlap }] },
      isRevision: false,
    };
  });
  return { row, fireCount };
}

/** The next fire times of a spec. Without a key there is no jitter. @throws INVALID_FIELD */
export function timesOf(spec: TimesSpec, afterMs: number, count: number, key?: ScheduleKey): readonly FireTime[] {
  if (key === undefined) checkSpec(spec, afterMs);
  return new FireTimes(spec, key).list(afterMs, count);
}

/** @throws INVALID_FIELD */
function checkSpec(spec: TimesSpec, nowMs: number): void {
  const problems = checkTimes(spec, nowMs);
  if (problems.length > 0) throw invalidSpec(problems);
}

/** What follows from the change is carried out without anybody waiting for it. */
async function change(
  { keeper, onFailed }: ScheduleDependencies,
  key: ScheduleKey,
  edit: (row: ScheduleRow, nowMs: number) => ScheduleEdit | undefined,
): Promise<ScheduleRow> {
  const row = await keeper.change(key, edit);
  if (row === undefined) throw scheduleNotFound(key);
  const isAnythingDue = row.state.pending.length > 0 || row.state.backfills.length > 0;
  if (isAnythingDue) keeper.advance(key).catch((error: unknown) => onFailed(error, key));
  return row;
}
