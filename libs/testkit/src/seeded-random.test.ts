import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, withSeed } from './seeded-random.ts';

test('the same seed gives the same numbers', () => {
  const draw = (seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 50 }, () => random.integer(1, 6));
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  assert.deepEqual(new Set(draw(7)), new Set([1, 2, 3, 4, 5, 6]));
});

test('shuffle keeps every item, pick needs one', () => {
  const random = seededRandom(1);
  assert.deepEqual(
    random.shuffle([1, 2, 3, 4]).toSorted((a, b) => a - b),
    [1, 2, 3, 4],
  );
  assert.throws(() => random.pick([]), RangeError);
});

test('a failure names the seed', async () => {
  await assert.rejects(
    withSeed(() => Promise.reject(new Error('lost'))),
    /lost\nto repeat: SKEIN_TEST_SEED=\d+/,
  );
});
