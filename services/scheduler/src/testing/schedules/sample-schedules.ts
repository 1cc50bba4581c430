import type { ScheduleSpec } from '../../domain/schedule/schedule.ts';

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
