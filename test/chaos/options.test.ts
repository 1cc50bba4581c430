import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './options.ts';
import { replayArguments } from './session.ts';

test('a session has defaults, and a seed of its own', () => {
  const { seed, timeMs, runs, size, kinds, inTurn } = readOptions([]);
  assert.deepEqual([timeMs, runs, size, inTurn], [300_000, 200, { schedulers: 3, executors: 3 }, false]);
  assert.ok(Number.isInteger(seed) && kinds.length > 40);
});

test('the arguments of a replay give the same session, of one round', () => {
  const options = readOptions(['--seed', '5', '--faults', 'kill-nats,pause', '--runs', '9', '--in-turn']);
  const again = readOptions(replayArguments(options, 3).split(' '));
  assert.deepEqual({ ...again, onlyRound: undefined, timeMs: options.timeMs }, options);
  assert.equal(again.onlyRound, 3);
  assert.doesNotMatch(replayArguments(readOptions([]), 0), /--faults/);
});

test('what is wrong is said', () => {
  assert.throws(() => readOptions(['--seed', 'x']), /--seed is a whole number from 0 on, not x/);
  assert.throws(() => readOptions(['--minutes', '0']), /--minutes is a number above 0, not 0/);
  assert.throws(() => readOptions(['--faults', 'flood']), /there is no fault flood/);
  assert.throws(() => readOptions(['--sed', '1']), /--sed/);
});
