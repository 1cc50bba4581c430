import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskQueue } from './task-queue.ts';

function queueOf(...tasks: readonly (readonly [fairnessKey: string, priority?: number, weight?: number])[]) {
  const queue = new TaskQueue<{
    order: { turn: { priority: number; fairnessKey: string; weight: number } };
    id: string;
  }>();
  const count = new Map<string, number>();
  for (const [fairnessKey, priority = 3, weight = 1] of tasks) {
    const number = (count.get(fairnessKey) ?? 0) + 1;
    count.set(fairnessKey, number);
    queue.push({ order: { turn: { priority, fairnessKey, weight } }, id: `${fairnessKey}${number}` });
  }
  return queue;
}

function drain(queue: ReturnType<typeof queueOf>): string {
  const ids: string[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) ids.push(next.id);
  return ids.join(' ');
}

test('what is put back is next again, whoever had the turn', () => {
  const queue = queueOf(['a'], ['b'], ['a'], ['b']);
  const taken = [queue.shift(), queue.shift(), queue.shift()];
  for (const task of taken.toReversed()) if (task !== undefined) queue.unshift(task);
  assert.equal(drain(queue), 'a1 b1 a2 b2');
  assert.equal(queue.isEmpty, true);
});

test('equals go in the order of their coming, however many', () => {
  const queue = queueOf(...Array.from({ length: 5000 }, () => ['a'] as const));
  assert.equal(drain(queue), Array.from({ length: 5000 }, (_, index) => `a${index + 1}`).join(' '));
  assert.equal(queue.shift(), undefined);
});

test('priority goes first', () => {
  assert.equal(drain(queueOf(['low', 5], ['mid', 3], ['top', 1], ['mid', 3], ['top', 1])), 'top1 top2 mid1 mid2 low1');
});

test('fairness keys take turns, however much one has', () => {
  assert.equal(drain(queueOf(['a'], ['a'], ['a'], ['a'], ['b'], ['b'], ['c'])), 'a1 b1 c1 a2 b2 a3 a4');
});

test('a turn is worth its weight', () => {
  const loud = Array.from({ length: 6 }, () => ['a', 3, 1] as const);
  const heavy = Array.from({ length: 6 }, () => ['h', 3, 3] as const);
  assert.equal(drain(queueOf(...loud, ...heavy)), 'a1 h1 h2 h3 a2 h4 h5 h6 a3 a4 a5 a6');
});

test('a weight below one waits for several rounds', () => {
  const quick = Array.from({ length: 8 }, () => ['q', 3, 1] as const);
  const slow = Array.from({ length: 3 }, () => ['s', 3, 0.25] as const);
  const order = drain(queueOf(...slow, ...quick)).split(' ');
  assert.deepEqual(order.slice(0, 5), ['q1', 'q2', 'q3', 's1', 'q4'], order.join(' '));
});
