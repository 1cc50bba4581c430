import { valueFault } from '../fault.ts';
import { type TimestampParts, timestampParts } from '../timestamp.ts';
import { duration, text, timestamp } from './arguments.ts';
import { declare, type FunctionSpec } from './spec.ts';

const NANOS_PER: Readonly<Record<string, bigint>> = {
  getHours: 3_600_000_000_000n,
  getMinutes: 60_000_000_000n,
  getSeconds: 1_000_000_000n,
  getMilliseconds: 1_000_000n,
};

const PARTS: Readonly<Record<string, (parts: TimestampParts) => number>> = {
  getFullYear: (parts) => parts.fullYear,
  getMonth: (parts) => parts.month,
  getDate: (parts) => parts.date,
  getDayOfMonth: (parts) => parts.date - 1,
  getDayOfWeek: (parts) => parts.dayOfWeek,
  getDayOfYear: (parts) => parts.dayOfYear,
  getHours: (parts) => parts.hours,
  getMinutes: (parts) => parts.minutes,
  getSeconds: (parts) => parts.seconds,
  getMilliseconds: (parts) => parts.milliseconds,
};

/** The parts of timestamps (in UTC, or the time zone given) and durations. There is no clock: `now()` would make replays differ. */
export const TIME_FUNCTIONS: readonly FunctionSpec[] = [
  ...Object.entries(PARTS).flatMap(([name, part]) => [
    partOf(`timestamp.${name}(): int`, part, () => 'UTC'),
    partOf(`timestamp.${name}(string): int`, part, (args) => text(args, 1)),
  ]),
  ...Object.entries(NANOS_PER).map(([name, nanos]) =>
    declare(`duration.${name}(): int`, (args) => duration(args, 0).nanos / nanos),
  ),
];

function partOf(
  signature: string,
  part: (parts: TimestampParts) => number,
  zone: (args: Parameters<typeof text>[0]) => string,
): FunctionSpec {
  return declare(signature, (args, _frame, site) => {
    const parts = timestampParts(timestamp(args, 0), zone(args));
    return parts === undefined ? valueFault(site, `unknown time zone ${zone(args)}`) : BigInt(part(parts));
  });
}
