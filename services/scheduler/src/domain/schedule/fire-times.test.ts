import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FireTimes } from './fire-times.ts';
import type { TimesSpec } from './schedule.ts';

const NO_TIMES: TimesSpec = {
  crons: [],
  timeZone: 'UTC',
  intervals: [],
  jitterMs: 0,
  startMs: null,
  endMs: null,
  skip: { dates: [], crons: [] },
};

function times(spec: Partial<TimesSpec>, after: string, count: number): string[] {
  const found = new FireTimes({ ...NO_TIMES, ...spec }).list(Date.parse(after), count);
  return found.map(({ fireMs }) => new Date(fireMs).toISOString().replace('.000Z', 'Z'));
}

test('five fields mean minutes, six mean seconds', () => {
  assert.deepEqual(times({ crons: ['30 9 * * *'] }, '2026-01-01T00:00:00Z', 2), [
    '2026-01-01T09:30:00Z',
    '2026-01-02T09:30:00Z',
  ]);
  assert.deepEqual(times({ crons: ['*/20 30 9 * * *'] }, '2026-01-01T09:30:00Z', 3), [
    '2026-01-01T09:30:20Z',
    '2026-01-01T09:30:40Z',
    '2026-01-02T09:30:00Z',
  ]);
  assert.deepEqual(times({ crons: ['@daily'] }, '2026-01-01T00:00:00Z', 1), ['2026-01-02T00:00:00Z']);
});

const ZONES: readonly [zone: string, expected: string][] = [
  ['UTC', '2026-06-01T09:00:00Z'],
  ['Europe/Berlin', '2026-06-01T07:00:00Z'],
  ['America/New_York', '2026-06-01T13:00:00Z'],
  ['Asia/Kolkata', '2026-06-01T03:30:00Z'],
  ['Pacific/Kiritimati', '2026-05-31T19:00:00Z'],
];

for (const [timeZone, expected] of ZONES) {
  test(`nine o'clock in ${timeZone}`, () => {
    assert.deepEqual(times({ crons: ['0 9 1 6 *'], timeZone }, '2026-05-31T00:00:00Z', 1), [expected]);
  });
}

const NEW_YORK = 'America/New_York';

test('a wall-clock time in a gap comes at its end, on that day alone', () => {
  assert.deepEqual(times({ crons: ['30 2 * * *'], timeZone: NEW_YORK }, '2025-03-08T00:00:00Z', 3), [
    '2025-03-08T07:30:00Z',
    '2025-03-09T07:00:00Z',
    '2025-03-10T06:30:00Z',
  ]);
});

test('a wall-clock time that comes twice fires the first time', () => {
  assert.deepEqual(times({ crons: ['30 1 * * *'], timeZone: NEW_YORK }, '2025-11-01T12:00:00Z', 2), [
    '2025-11-02T05:30:00Z',
    '2025-11-03T06:30:00Z',
  ]);
});

test('an expression of steps goes on through the hour that comes twice, and over the gap', () => {
  const hourly = { crons: ['30 * * * *'], timeZone: NEW_YORK };
  assert.deepEqual(times(hourly, '2025-11-02T05:00:00Z', 3), [
    '2025-11-02T05:30:00Z',
    '2025-11-02T06:30:00Z',
    '2025-11-02T07:30:00Z',
  ]);
  assert.deepEqual(times(hourly, '2025-03-09T06:00:00Z', 2), ['2025-03-09T06:30:00Z', '2025-03-09T07:30:00Z']);
  const seconds = times({ crons: ['*/20 * * * * *'], timeZone: NEW_YORK }, '2025-11-02T05:59:40Z', 2);
  assert.deepEqual(seconds, ['2025-11-02T06:00:00Z', '2025-11-02T06:00:20Z']);
  const halfHour = times({ crons: ['*/10 * * * *'], timeZone: 'Australia/Lord_Howe' }, '2025-04-05T14:55:00Z', 4);
  assert.deepEqual(halfHour, [
    '2025-04-05T15:00:00Z',
    '2025-04-05T15:10:00Z',
    '2025-04-05T15:20:00Z',
    '2025-04-05T15:30:00Z',
  ]);
});

test('intervals are counted from 1970 and their offset, whenever one asks', () => {
  const intervals = [{ everyMs: 90_000, offsetMs: 10_000 }];
  const found = times({ intervals }, '1970-01-01T00:00:00Z', 2);
  assert.deepEqual(found, ['1970-01-01T00:00:10Z', '1970-01-01T00:01:40Z']);
  assert.deepEqual(times({ intervals }, '1970-01-01T00:00:10Z', 1), ['1970-01-01T00:01:40Z'], 'after, not at');
});

test('expressions and intervals are joined; a time that several name comes once', () => {
  const spec = { crons: ['0 * * * *', '*/30 * * * *'], intervals: [{ everyMs: 1_800_000, offsetMs: 0 }] };
  assert.deepEqual(times(spec, '2026-01-01T00:00:00Z', 3), [
    '2026-01-01T00:30:00Z',
    '2026-01-01T01:00:00Z',
    '2026-01-01T01:30:00Z',
  ]);
});

test('bounds: the start counts, the end does not', () => {
  const spec = {
    crons: ['0 * * * *'],
    startMs: Date.parse('2026-01-01T05:00:00Z'),
    endMs: Date.parse('2026-01-01T07:00:00Z'),
  };
  assert.deepEqual(times(spec, '2026-01-01T00:00:00Z', 9), ['2026-01-01T05:00:00Z', '2026-01-01T06:00:00Z']);
});

test('days are left out as the zone counts them, however often one would fire', () => {
  const skip = { dates: [{ first: '2026-12-24', last: '2026-12-31' }], crons: [] };
  const daily = { crons: ['0 9 * * *'], timeZone: NEW_YORK, skip };
  assert.deepEqual(times(daily, '2026-12-23T00:00:00Z', 2), ['2026-12-23T14:00:00Z', '2027-01-01T14:00:00Z']);
  const often = { crons: ['* * * * * *'], timeZone: NEW_YORK, skip };
  assert.deepEqual(times(often, '2026-12-24T04:59:58Z', 2), ['2026-12-24T04:59:59Z', '2027-01-01T05:00:00Z']);
});

test('what a skipped expression names is left out, seconds included where it names none', () => {
  const skip = { dates: [], crons: ['* 12 * * *', '* * * * SAT,SUN'] };
  const hourly = { crons: ['30 0 * * * *'], skip };
  assert.deepEqual(times(hourly, '2026-01-02T11:00:00Z', 2), ['2026-01-02T11:00:30Z', '2026-01-02T13:00:30Z']);
  assert.deepEqual(times(hourly, '2026-01-02T23:30:00Z', 1), ['2026-01-05T00:00:30Z']);
});

test('a search that leaves out too much says where it is', () => {
  const spec = { ...NO_TIMES, crons: ['* * * * * *'], skip: { dates: [], crons: ['* * * * *'] } };
  const found = new FireTimes(spec).after(0);
  assert.deepEqual(found, { fireMs: 2_000_000, dueMs: 2_000_000, isLeftOut: true });
  assert.deepEqual(new FireTimes(spec).list(0, 3), []);
});

test('jitter is the same at every try, within its bound, and different from fire to fire', () => {
  const spec = { ...NO_TIMES, crons: ['* * * * *'], jitterMs: 30_000 };
  const key = { namespace: 'default', scheduleId: 'nightly' };
  const late = () => new FireTimes(spec, key).list(0, 50).map(({ fireMs, dueMs }) => dueMs - fireMs);
  assert.deepEqual(late(), late());
  assert.ok(late().every((ms) => ms >= 0 && ms < 30_000));
  assert.ok(new Set(late()).size > 40);
  const others = new FireTimes(spec, { ...key, scheduleId: 'daily' }).list(0, 50);
  assert.notDeepEqual(
    others.map(({ fireMs, dueMs }) => dueMs - fireMs),
    late(),
  );
});
