/** Says what is wrong with a spec: everything, by field. */
import { cronProblem, cronTimes } from './cron.ts';
import { FireTimes } from './fire-times.ts';
import type { TimesSpec } from './schedule.ts';
import { isDay } from './zone-days.ts';

/** One thing that is wrong. */
export interface SpecProblem {
  readonly field: string;
  readonly description: string;
}

const DAY_MS = 86_400_000;
const MAX_EXPRESSIONS = 50;
const MAX_CRON_CHARS = 256;
const MAX_DATES = 1000;
const MAX_INTERVAL_MS = 365 * DAY_MS;

/** Problems of the times of a spec; none: it has fire times, now or later. */
export function checkTimes(spec: TimesSpec, nowMs: number): readonly SpecProblem[] {
  if (!isZone(spec.timeZone)) {
    return [{ field: 'spec.time_zone', description: 'give the IANA name of a zone, such as Europe/Berlin' }];
  }
  const problems = [
    ...checkCrons('spec.crons', spec.crons, spec.timeZone),
    ...spec.intervals.flatMap(({ everyMs, offsetMs }, index): SpecProblem[] => [
      ...bounded(`spec.intervals[${index}].every`, everyMs, 1000, MAX_INTERVAL_MS, 'give 1 s to 365 d'),
      ...bounded(`spec.intervals[${index}].offset`, offsetMs, 0, everyMs - 1, 'give less than every'),
    ]),
    ...bounded('spec.intervals', spec.intervals.length, 0, MAX_EXPRESSIONS, `give at most ${MAX_EXPRESSIONS}`),
    ...bounded('spec.jitter', spec.jitterMs, 0, DAY_MS, 'give 0 to 24 h'),
    ...checkCrons('spec.skip.crons', spec.skip.crons, spec.timeZone),
    ...checkDates(spec),
  ];
  if (spec.crons.length + spec.intervals.length === 0) {
    problems.push({ field: 'spec.crons', description: 'give a cron expression or an interval' });
  }
  if (spec.startMs !== null && spec.endMs !== null && spec.endMs <= spec.startMs) {
    problems.push({ field: 'spec.end_time', description: 'give a time after start_time' });
  }
  return problems.length > 0 ? problems : checkSome(spec, nowMs);
}

/** A spec that never fires is a mistake; one whose end has passed is not: somebody may keep it for its triggers. */
function checkSome(spec: TimesSpec, nowMs: number): readonly SpecProblem[] {
  const first = new FireTimes({ ...spec, endMs: null }).after(nowMs);
  if (first === undefined) return [{ field: 'spec.crons', description: 'name a time that comes: this one never does' }];
  if (!first.isLeftOut) return [];
  return [{ field: 'spec.skip', description: 'leave out less: of the next 2,000 fire times none is left' }];
}

function checkCrons(field: string, crons: readonly string[], timeZone: string): SpecProblem[] {
  if (crons.length > MAX_EXPRESSIONS) return [{ field, description: `give at most ${MAX_EXPRESSIONS}` }];
  return crons.flatMap((cron, index) => {
    const place = `${field}[${index}]`;
    if (cron.length > MAX_CRON_CHARS)
      return [{ field: place, description: `give at most ${MAX_CRON_CHARS} characters` }];
    try {
      cronTimes(cron, timeZone);
      return [];
    } catch (error) {
      return [{ field: place, description: `give a cron expression: ${cronProblem(error)}` }];
    }
  });
}

function checkDates({ skip: { dates } }: TimesSpec): SpecProblem[] {
  if (dates.length > MAX_DATES) return [{ field: 'spec.skip.dates', description: `give at most ${MAX_DATES}` }];
  return dates.flatMap(({ first, last }, index) => {
    const field = `spec.skip.dates[${index}]`;
    if (!isDay(first)) return [{ field: `${field}.first`, description: 'give a day such as 2026-12-24' }];
    if (!isDay(last)) return [{ field: `${field}.last`, description: 'give a day such as 2026-12-31' }];
    return last < first ? [{ field: `${field}.last`, description: 'give a day that is not before first' }] : [];
  });
}

function bounded(field: string, value: number, min: number, max: number, description: string): SpecProblem[] {
  return value >= min && value <= max ? [] : [{ field, description }];
}

function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
