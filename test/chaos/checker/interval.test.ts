import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intersection, overlapMs, union, without, type Interval } from './interval.ts';
import { standstills } from './standstill.ts';

const from = (fromMs: number, toMs: number): Interval => ({ fromMs, toMs });

test('a union joins what overlaps or touches, and drops what is empty', () => {
  assert.deepEqual(union([from(5, 7), from(1, 3), from(2, 4), from(4, 5), from(9, 9)]), [from(1, 7)]);
  assert.deepEqual(union([from(5, 6), from(1, 2)]), [from(1, 2), from(5, 6)]);
});

test('an intersection is what lies in both', () => {
  assert.deepEqual(intersection([from(0, 5), from(8, 10)], [from(3, 9)]), [from(3, 5), from(8, 9)]);
  assert.deepEqual(intersection([from(0, 5)], []), []);
});

test('what is left without others', () => {
  assert.deepEqual(without(from(0, 10), [from(-1, 2), from(4, 5), from(4, 6), from(9, 20)]), [from(2, 4), from(6, 9)]);
  assert.deepEqual(without(from(0, 10), [from(0, 10)]), []);
  assert.deepEqual(without(from(0, 10), [from(12, 14)]), [from(0, 10)]);
  assert.equal(overlapMs(from(0, 10), [from(1, 3), from(2, 4), from(9, 12)]), 4);
});

test('all stands still when every scheduler does, or every executor, or what there is one of', () => {
  const silences = [
    { who: 'scheduler-1', ...from(0, 10) },
    { who: 'scheduler-2', ...from(5, 15) },
    { who: 'executor-1', ...from(20, 30) },
    { who: 'postgres', ...from(40, 41) },
    { who: 'registry', ...from(50, 60) },
  ];
  const still = standstills({ size: { schedulers: 2, executors: 2 }, silences, stalls: [from(70, 71)] });
  assert.deepEqual(still, [from(5, 10), from(40, 41), from(70, 71)]);
});
