import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDurationMs, showDuration } from './duration.ts';

test('reads milliseconds and units', () => {
  assert.deepEqual(
    ['5000', '250ms', '5s', '1.5m', '2H', '1 d'].map(parseDurationMs),
    [5_000, 250, 5_000, 90_000, 7_200_000, 86_400_000],
  );
});

test('refuses what is not a duration', () => {
  for (const text of ['', '-1', 's', '1w', '1s2', 'NaN', '9'.repeat(400)]) assert.throws(() => parseDurationMs(text));
});

test('what is shown reads back as the same duration', () => {
  fc.assert(fc.property(fc.nat(), (durationMs) => assert.equal(parseDurationMs(showDuration(durationMs)), durationMs)));
});
