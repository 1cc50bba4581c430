import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedLoop } from './closed-loop.ts';

const LONG_MS = 60_000;

test('so many pieces of work are done, never more than the clients at a time', async () => {
  let now = 0;
  let most = 0;
  const { runs, errors, latenciesMs } = await closedLoop({ concurrency: 4, maxRuns: 50, maxMs: LONG_MS }, async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
  });
  assert.deepEqual([runs, errors, latenciesMs.length, most], [50, 0, 50, 4]);
});

test('failures are counted and have no latency; the first ones are kept', async () => {
  let number = 0;
  const result = await closedLoop({ concurrency: 2, maxRuns: 10, maxMs: LONG_MS }, () => {
    number += 1;
    return number % 2 === 0 ? Promise.resolve() : Promise.reject(new Error(`number ${number}`));
  });
  assert.deepEqual([result.runs, result.errors, result.latenciesMs.length], [5, 5, 5]);
  assert.deepEqual(result.firstErrors, ['number 1', 'number 3', 'number 5']);
});

test('the loop ends with the time', async () => {
  const { runs, seconds } = await closedLoop({ concurrency: 1, maxMs: 20 }, () => new Promise(setImmediate));
  assert.ok(runs > 0 && seconds >= 0.02, `${runs} in ${seconds} s`);
});
