import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOON_MS, sampleSpec } from '../../testing/schedules/sample-schedules.ts';
import { checkTimes } from './check-spec.ts';
import type { ScheduleSpec } from './schedule.ts';

const WRONG: readonly [field: string, change: Partial<ScheduleSpec>][] = [
  ['spec.crons', { crons: [] }],
  ['spec.crons[0]', { crons: ['61 * * * *'] }],
  ['spec.crons[1]', { crons: ['* * * * *', '2026-01-01T00:00:00'] }],
  ['spec.crons[0]', { crons: ['0 0 0 * * * 2026'] }],
  ['spec.crons[0]', { crons: [`${'1,'.repeat(200)}1 * * * *`] }],
  ['spec.crons', { crons: ['0 0 31 2 *'] }],
  ['spec.crons', { crons: Array.from({ length: 51 }, () => '* * * * *') }],
  ['spec.time_zone', { timeZone: 'Mars/Olympus' }],
  ['spec.intervals[0].every', { intervals: [{ everyMs: 999, offsetMs: 0 }] }],
  ['spec.intervals[0].offset', { intervals: [{ everyMs: 1000, offsetMs: 1000 }] }],
  ['spec.jitter', { jitterMs: -1 }],
  ['spec.end_time', { startMs: NOON_MS, endMs: NOON_MS }],
  ['spec.skip.crons[0]', { skip: { dates: [], crons: ['never'] } }],
  ['spec.skip.dates[0].first', { skip: { dates: [{ first: '2026-02-30', last: '2026-03-01' }], crons: [] } }],
  ['spec.skip.dates[0].last', { skip: { dates: [{ first: '2026-03-02', last: '2026-03-01' }], crons: [] } }],
  ['spec.skip', { crons: ['* * * * * *'], skip: { dates: [], crons: ['* * * * *'] } }],
];

for (const [index, [field, change]] of WRONG.entries()) {
  test(`${field} is refused (${index + 1})`, () => {
    assert.deepEqual(
      checkTimes(sampleSpec(change), NOON_MS).map((problem) => problem.field),
      [field],
    );
  });
}

test('what is right has no problems, and every problem is told', () => {
  const right = sampleSpec({
    crons: ['@daily', '0 9 * * MON-FRI', '30 0 12 L * *'],
    timeZone: 'Europe/Berlin',
    intervals: [{ everyMs: 1000, offsetMs: 999 }],
    skip: { dates: [{ first: '2026-12-24', last: '2026-12-24' }], crons: ['* * * * SUN'] },
    endMs: NOON_MS - 1,
  });
  assert.deepEqual(checkTimes(right, NOON_MS), []);
  const wrong = checkTimes(sampleSpec({ crons: ['x'], jitterMs: -1, endMs: 0, startMs: 1 }), NOON_MS);
  assert.deepEqual(
    wrong.map(({ field }) => field),
    ['spec.crons[0]', 'spec.jitter', 'spec.end_time'],
  );
});
