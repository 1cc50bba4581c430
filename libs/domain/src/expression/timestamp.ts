import { Timestamp } from './value.ts';

const MIN_EPOCH_MS = -62_135_596_800_000;
const MAX_EPOCH_MS = 253_402_300_799_999;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** Whether an instant lies within the years 1 to 9999. */
export function inTimestampRange(epochMs: number): boolean {
  return epochMs >= MIN_EPOCH_MS && epochMs <= MAX_EPOCH_MS;
}

/** Reads an RFC 3339 instant such as `2026-01-15T14:30:45.123Z`; undefined where the text is none. */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (!RFC3339.test(text)) return undefined;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) || !inTimestampRange(epochMs) ? undefined : new Timestamp(epochMs);
}

/** RFC 3339 in UTC, with as many digits of a second as needed. */
export function formatTimestamp(at: Timestamp): string {
  return new Date(at.epochMs).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** The parts of an instant in a time zone, as CEL counts them. */
export interface TimestampParts {
  readonly fullYear: number;
  /** 0 to 11. */
  readonly month: number;
  /** 1 to 31. */
  readonly date: number;
  /** 0 (Sunday) to 6. */
  readonly dayOfWeek: number;
  /** 0 to 365. */
  readonly dayOfYear: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
}

const FIXED_OFFSET = /^([+-]?)(\d{2}):(\d{2})$/;
const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

/** The parts in UTC, at a fixed offset such as `-05:00`, or in an IANA zone; undefined where the zone is unknown. */
export function timestampParts(at: Timestamp, zone = 'UTC'): TimestampParts | undefined {
  const offsetMs = zoneOffsetMs(at.epochMs, zone);
  if (offsetMs === undefined) return undefined;
  const local = new Date(at.epochMs + offsetMs);
  const year = local.getUTCFullYear();
  return {
    fullYear: year,
    month: local.getUTCMonth(),
    date: local.getUTCDate(),
    dayOfWeek: local.getUTCDay(),
    dayOfYear: Math.floor((local.getTime() - startOfYearMs(year)) / MS_PER_DAY),
    hours: local.getUTCHours(),
    minutes: local.getUTCMinutes(),
    seconds: local.getUTCSeconds(),
    milliseconds: local.getUTCMilliseconds(),
  };
}

function startOfYearMs(year: number): number {
  const start = new Date(0);
  start.setUTCFullYear(year, 0, 1);
  return start.getTime();
}

function zoneOffsetMs(epochMs: number, zone: string): number | undefined {
  if (zone === 'UTC' || zone === 'Z' || zone === '') return 0;
  const fixed = FIXED_OFFSET.exec(zone);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return (fixed[1] === '-' ? -minutes : minutes) * MS_PER_MINUTE;
  }
  return ianaOffsetMs(epochMs, zone);
}

function ianaOffsetMs(epochMs: number, zone: string): number | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(epochMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const match = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name);
    if (match === null) return undefined;
    const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
    return (match[1] === '-' ? -minutes : minutes) * MS_PER_MINUTE;
  } catch {
    return undefined;
  }
}
