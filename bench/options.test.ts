import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './options.ts';

test('without options the closed loops are measured, on the embedded platform, once', () => {
  const { workloads, modes, concurrencies, rounds, cellMs, profileDir, jsonFile } = readOptions([]);
  assert.deepEqual([workloads, modes, concurrencies], [['w1', 'w2', 'w3'], ['embedded'], [1, 16, 128]]);
  assert.deepEqual([rounds, cellMs, profileDir, jsonFile], [1, 5000, undefined, undefined]);
});

test('lists are separated by commas, times are seconds', () => {
  const options = readOptions(
    '--workload w6,w1 --mode distributed,embedded --parked 10,20 --watch-seconds 0.5'.split(' '),
  );
  assert.deepEqual(
    [options.workloads, options.modes],
    [
      ['w6', 'w1'],
      ['distributed', 'embedded'],
    ],
  );
  assert.deepEqual([options.parked, options.parkedTimes.watchMs], [[10, 20], 500]);
});

test('what is wrong is named with what would be right', () => {
  assert.throws(() => readOptions(['--workload', 'w99']), /--workload takes w1, .*; not w99/);
  assert.throws(() => readOptions(['--concurrency', '1,two']), /--concurrency takes whole numbers above 0; not two/);
  assert.throws(() => readOptions(['--seconds', '0']), /--seconds takes numbers above 0; not 0/);
  assert.throws(() => readOptions(['--concurrency', '1.5']), /whole/);
});
