import type { ScheduleRow } from '../../app/schedules/schedule-store.ts';
import { newScheduleState, type ScheduleSpec } from '../../domain/schedule/schedule.ts';

/** Noon, UTC. */
export const NOON_MS = Date.parse('2026-05-01T12:00:00Z');

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;

/** Every minute, a workflow. */
export function sampleSpec(change: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    description: '',
    crons: ['* * * * *'],
    timeZone: 'UTC',
    intervals: [],
    jitterMs: 0,
    startMs: null,
    endMs: null,
    skip: { dates: [], crons: [] },
    overlap: 'skip',
    catchUpWindowMs: 10 * MINUTE_MS,
    action: { target: { kind: 'workflow', workflowId: 'one', version: 0 }, input: {}, labels: {}, sessionId: '' },
    ...change,
  };
}

/** A row of a schedule, with texts that stores may stumble over. */
export function sampleScheduleRow(scheduleId: string, change: Partial<ScheduleRow> = {}): ScheduleRow {
  return {
    namespace: 'default',
    scheduleId,
    spec: sampleSpec({ description: 'nul \0, ключ, "quoted", {a,b}' }),
    state: newScheduleState(NOON_MS, ''),
    revision: 1,
    writeSeq: 1,
    nextFireMs: NOON_MS,
    checkAtMs: NOON_MS + 1,
    createdAtMs: NOON_MS - 1,
    updatedAtMs: NOON_MS - 1,
    requestId: '',
    requestDigest: '',
    ...change,
  };
}
