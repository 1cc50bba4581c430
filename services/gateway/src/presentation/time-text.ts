import type { Duration, Timestamp } from '@bufbuild/protobuf/wkt';

/** RFC 3339 in UTC with milliseconds, such as `2026-11-05T09:30:00.000Z`. */
export function timestampText(timestamp: Timestamp): string {
  return new Date(Number(timestamp.seconds) * 1000 + timestamp.nanos / 1e6).toISOString();
}

/** Seconds with the unit, such as `1.5s`; exact to the nanosecond. */
export function durationText({ seconds, nanos }: Duration): string {
  const sign = seconds < 0n || nanos < 0 ? '-' : '';
  const whole = seconds < 0n ? -seconds : seconds;
  const fraction = String(Math.abs(nanos)).padStart(9, '0').replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}s`;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** What {@link parseDurationMs} reads, for schemas. */
export const DURATION_PATTERN = '^[0-9]+(\\.[0-9]+)?(ms|s|m|h)$';

const DURATION = new RegExp(DURATION_PATTERN);

/** `500ms`, `30s`, `1.5m`, `2h` to milliseconds; undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const match = DURATION.exec(text);
  const factor = UNIT_MS[match?.[2] ?? ''];
  return match === null || factor === undefined ? undefined : Math.round(Number.parseFloat(text) * factor);
}
