import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, quantile, rounded } from './statistics.ts';

const HUNDRED = Array.from({ length: 100 }, (_, index) => 100 - index);

test('a quantile is the sample below which that share lies, whatever the order', () => {
  assert.equal(quantile(HUNDRED, 0.5), 51);
  assert.equal(quantile(HUNDRED, 0.99), 100);
  assert.equal(quantile(HUNDRED, 0), 1);
  assert.equal(quantile(HUNDRED, 1), 100);
});

test('one sample is every quantile, none is no quantile', () => {
  assert.equal(quantile([7], 0.5), 7);
  assert.equal(quantile([7], 0.99), 7);
  assert.equal(quantile([], 0.5), null);
});

test('numbers are compared as numbers', () => {
  assert.equal(quantile([10, 9, 1000], 0.99), 1000);
  assert.equal(quantile([10, 9, 1000], 0), 9);
});

test('the median of an even number of samples lies between the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([]), null);
});

test('what there is not is not rounded either', () => {
  assert.equal(rounded(1.2345, 2), 1.23);
  assert.equal(rounded(null, 2), null);
});
