import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterBegin, afterEnd, breakerState, CLOSED, letsThrough, type Breaker } from './breaker.ts';
import { CallWindow } from './call-window.ts';

const SETTINGS = { failureThreshold: 3, resetTimeoutMs: 1000 };
const call = (breaker: Breaker, isFault: boolean | undefined, nowMs: number) =>
  afterEnd(afterBegin(breaker, nowMs), isFault, SETTINGS, nowMs);

test('failures in a row open it; a success in between begins the row anew', () => {
  let breaker = CLOSED;
  for (const isFault of [true, true, false, true, true, undefined]) breaker = call(breaker, isFault, 0);
  assert.equal(breakerState(breaker, 0), 'CLOSED');
  breaker = call(breaker, true, 0);
  assert.deepEqual([breakerState(breaker, 999), letsThrough(breaker, 999)], ['OPEN', false]);
});

test('after the timeout one call at a time sees whether it is back', () => {
  let breaker = CLOSED;
  for (let at = 0; at < 3; at += 1) breaker = call(breaker, true, 0);
  assert.deepEqual([breakerState(breaker, 1000), letsThrough(breaker, 1000)], ['HALF_OPEN', true]);
  const trying = afterBegin(breaker, 1000);
  assert.equal(letsThrough(trying, 1000), false);
  assert.equal(breakerState(afterEnd(trying, false, SETTINGS, 1100), 1100), 'CLOSED');
  const again = afterEnd(trying, true, SETTINGS, 1100);
  assert.deepEqual([breakerState(again, 2099), breakerState(again, 2100)], ['OPEN', 'HALF_OPEN']);
  const unsaid = afterEnd(trying, undefined, SETTINGS, 1100);
  assert.equal(letsThrough(unsaid, 1100), true, 'a call that says nothing lets the next one see');
});

test('a call from before it opened opens it no longer, but may close it', () => {
  let breaker = CLOSED;
  for (let at = 0; at < 3; at += 1) breaker = call(breaker, true, 0);
  assert.equal(breakerState(afterEnd(breaker, true, SETTINGS, 900), 1000), 'HALF_OPEN');
  assert.equal(breakerState(afterEnd(breaker, false, SETTINGS, 900), 900), 'CLOSED');
});

test('a window holds the last half minute', () => {
  const window = new CallWindow();
  for (let second = 0; second < 60; second += 1) window.add(second % 2 === 0, second * 1000);
  assert.deepEqual(window.counts(59_000), { calls: 30, failures: 15 });
  assert.deepEqual(window.counts(74_000), { calls: 15, failures: 7 });
  assert.deepEqual(window.counts(200_000), { calls: 0, failures: 0 });
});
