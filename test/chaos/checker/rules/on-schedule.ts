import type { PlacedSchedule } from '../../load/schedule.ts';
import { endedAtMs, isOwn } from '../family.ts';
import { rule, type Finding, type StoredRun } from '../history.ts';

/** A fire time so soon after the schedule was made may have come before it. */
const FIRST_MS = 200;

/** Schedules fire at their times. */
export const onSchedule = rule(
  'on-schedule',
  'a schedule starts one run for each of its fire times, and none for others; runs that are to come one after the other do',
  ({ schedules, runs }) => {
    const own = [...runs.values()].filter(isOwn);
    const bySchedule = Map.groupBy(own, ({ labels }) => labels['skein.schedule_id'] ?? '');
    return schedules.flatMap((schedule) => {
      const ofSchedule = bySchedule.get(schedule.scheduleId) ?? [];
      return [...timesOf(schedule, ofSchedule), ...(schedule.inTurn ? overlaps(ofSchedule) : [])];
    });
  },
);

function timesOf({ scheduleId, everyMs, createdAtMs, endMs }: PlacedSchedule, runs: readonly StoredRun[]): Finding[] {
  const byTime = Map.groupBy(runs, fireMs);
  const findings: Finding[] = [];
  for (const [atMs, ofTime] of byTime) {
    const [{ runId }] = ofTime as [StoredRun];
    const text = `${scheduleId} fired for ${timeText(atMs)}`;
    if (ofTime.length > 1) findings.push({ runId, text: `${text} ${ofTime.length} times` });
    const isTime = atMs % everyMs === 0 && atMs > createdAtMs - FIRST_MS && atMs < endMs;
    if (!isTime) findings.push({ runId, text: `${text}, which is none of its times` });
  }
  for (let atMs = nextTime(createdAtMs + FIRST_MS, everyMs); atMs < endMs; atMs += everyMs) {
    if (!byTime.has(atMs)) findings.push({ text: `${scheduleId} did not fire for ${timeText(atMs)}` });
  }
  return findings;
}

function overlaps(runs: readonly StoredRun[]): Finding[] {
  const inOrder = runs.toSorted((a, b) => fireMs(a) - fireMs(b));
  return inOrder.flatMap((run, index): Finding[] => {
    const before = inOrder[index - 1];
    const begunMs = run.transitions[0]?.committedAtMs;
    if (before === undefined || begunMs === undefined) return [];
    const endMs = endedAtMs(before) ?? Number.POSITIVE_INFINITY;
    return endMs <= begunMs ? [] : [{ runId: run.runId, text: `it began before ${before.runId} had ended` }];
  });
}

function nextTime(afterMs: number, everyMs: number): number {
  return Math.ceil(afterMs / everyMs) * everyMs;
}

function fireMs({ labels }: StoredRun): number {
  return Date.parse(labels['skein.fire_time'] ?? '');
}

function timeText(atMs: number): string {
  return Number.isNaN(atMs) ? 'no time' : new Date(atMs).toISOString();
}
