import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Backoff, backoffMs } from './backoff.ts';

test('grows by the multiplier up to the maximum', () => {
  const policy = { initialMs: 10, multiplier: 3, maxMs: 100, jitter: 0 };
  assert.deepEqual(
    [0, 1, 2, 3].map((n) => backoffMs(n, policy, () => 0)),
    [10, 30, 90, 100],
  );
});

test('jitter stays within its share of the wait', () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, jitter, drawn) => {
        const policy = { initialMs: 100, multiplier: 2, maxMs: 5_000, jitter };
        const fullMs = backoffMs(attempt, { ...policy, jitter: 0 }, () => 0);
        const waitMs = backoffMs(attempt, policy, () => drawn);
        assert.ok(waitMs <= fullMs && waitMs >= Math.floor(fullMs * (1 - jitter)));
      },
    ),
  );
});

test('a success starts again from the initial wait', () => {
  const backoff = new Backoff({ initialMs: 8, jitter: 0 });
  assert.deepEqual([backoff.nextMs(), backoff.nextMs(), backoff.attempt], [8, 16, 2]);
  backoff.reset();
  assert.equal(backoff.nextMs(), 8);
});
