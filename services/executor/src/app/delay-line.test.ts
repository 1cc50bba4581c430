import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { DelayLine } from './delay-line.ts';

function lineOf(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = 0;
  t.mock.method(performance, 'now', () => nowMs);
  const due: string[] = [];
  const line = new DelayLine<string>(1000, (item) => due.push(item));
  const pass = (ms: number): void => {
    nowMs += ms;
    t.mock.timers.tick(ms);
  };
  return { line, due, pass };
}

test('items are called back in their order, each a fixed time after it was put in', (t) => {
  const { line, due, pass } = lineOf(t);
  line.add('first');
  pass(400);
  line.add('second');
  pass(599);
  assert.deepEqual(due, []);
  pass(1);
  assert.deepEqual(due, ['first']);
  pass(400);
  assert.deepEqual(due, ['first', 'second']);
});

test('what is taken out is not called back, and what comes after it is', (t) => {
  const { line, due, pass } = lineOf(t);
  line.add('short');
  pass(1);
  line.add('long');
  line.remove('short');
  pass(1000);
  assert.deepEqual(due, ['long']);
});

test('an item that is put in again while it waits keeps its time; afterwards it has a new one', (t) => {
  const { line, due, pass } = lineOf(t);
  line.add('item');
  pass(500);
  line.add('item');
  pass(500);
  assert.deepEqual(due, ['item']);
  line.add('item');
  pass(1000);
  assert.deepEqual(due, ['item', 'item']);
});
