import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cronProblem, cronTimes } from './cron.ts';

/** What docs/schedules.md says of expressions: their first time after the beginning of 2026, a Thursday. */
const FIRST: Readonly<Record<string, string>> = {
  '15,45 8-18/2 * * *': '2026-01-01T08:15:00Z',
  '0 0 L * *': '2026-01-31T00:00:00Z',
  '0 0 * * FRI#L': '2026-01-30T00:00:00Z',
  '0 0 15W 2 *': '2026-02-16T00:00:00Z',
  '0 9 * * MON#1': '2026-01-05T09:00:00Z',
  '0 9 2 * MON': '2026-01-02T09:00:00Z',
  '0 9 2 * +MON': '2026-02-02T09:00:00Z',
  '0 0 * * 7': '2026-01-04T00:00:00Z',
  '0 0 * JUN-AUG SUN': '2026-06-07T00:00:00Z',
  '*/10 * * * * *': '2026-01-01T00:00:10Z',
  '@monthly': '2026-02-01T00:00:00Z',
  '@weekly': '2026-01-04T00:00:00Z',
};

for (const [expression, first] of Object.entries(FIRST)) {
  test(`the first time of ${expression}`, () => {
    const times = cronTimes(expression, 'UTC');
    assert.equal(times.after(Date.parse('2026-01-01T00:00:00Z')), Date.parse(first));
    assert.equal(times.names(Date.parse(first)), true);
  });
}

for (const expression of [
  '',
  '* * *',
  '60 * * * *',
  '* * * * * * *',
  '@reboot',
  '@midnight',
  '2026-01-01',
  'a b c d e',
]) {
  test(`"${expression}" is refused with a reason`, () => {
    assert.throws(
      () => cronTimes(expression, 'UTC'),
      (error) => cronProblem(error).length > 10 && !cronProblem(error).startsWith('Cron'),
    );
  });
}
