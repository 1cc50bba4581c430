import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@skein/testkit';
import { sampleOrder } from '../../testing/sample-orders.ts';
import type { TaskOrder } from '../task-order.ts';
import { CallSlots } from './call-slots.ts';
import type { CallSlot } from './limit-store.ts';

const LIMIT = { namespace: 'default', key: 'agent/worker' };

/** Slots over a store that says what it is asked, and gives as many as there is room for. */
function stage(room: number) {
  const asked: string[] = [];
  const granted: string[] = [];
  const failures: unknown[] = [];
  const counts: number[] = [];
  const waiting = new Set<string>();
  const held = new Set<string>();
  /** Runs of another scheduler by now. */
  const moved = new Set<string>();
  const it = { room, isAway: false };
  const answer = async (what: string, slots: readonly CallSlot[]): Promise<void> => {
    await Promise.resolve();
    asked.push(`${what} ${slots.map(({ runId }) => runId).join(' ')}`);
    if (it.isAway) throw new Error('away');
  };
  const slots = new CallSlots({
    limits: {
      async takeCalls(_, wanted) {
        await answer('take', wanted);
        const places = [...wanted.entries()].filter(([, { runId }]) => held.has(runId) || held.size < it.room);
        const taken = places.slice(0, it.room);
        for (const [, { runId }] of taken) held.add(runId);
        return { granted: taken.map(([place]) => place), afterMs: undefined };
      },
      async releaseCalls(_, given) {
        await answer('release', given);
        for (const { runId } of given) held.delete(runId);
      },
    },
    isWaiting: ({ runId }) => waiting.has(runId),
    onGranted({ runId }) {
      granted.push(runId);
      return waiting.delete(runId);
    },
    isOwn: (runId) => !moved.has(runId),
    isUsed: () => false,
    onWaiting: (count) => void counts.push(count),
    onFailed: (error) => void failures.push(error),
  });
  const need = (order: TaskOrder): void => {
    waiting.add(order.runId);
    slots.need(LIMIT, order);
  };
  const idle = (times: number) => eventually(() => asked.length === times, { describe: `${times} questions` });
  return {
    it,
    slots,
    need,
    asked,
    granted,
    failures,
    counts,
    waiting,
    moved,
    idle,
    [Symbol.dispose]: () => slots[Symbol.dispose](),
  };
}

test('those that come together ask together; a slot that came free is asked for when that is told, not before', async () => {
  using s = stage(1);
  for (const runId of ['a', 'b', 'c']) s.need(sampleOrder(runId));
  await s.idle(1);
  s.slots.giveBack(LIMIT, sampleOrder('a'));
  await s.idle(2);
  await new Promise(setImmediate);
  assert.deepEqual(s.asked, ['take a b c', 'release a'], 'C3: the others ask alike');
  s.slots.changed(LIMIT);
  await s.idle(3);
  await eventually(() => s.granted.length === 2, { describe: 'the next one to have it' });
  assert.deepEqual([s.asked[2], s.granted], ['take b c', ['a', 'b']]);
});

test('C2 what is given back and needed again is given back first', async () => {
  using s = stage(5);
  s.need(sampleOrder('a'));
  await s.idle(1);
  s.slots.giveBack(LIMIT, sampleOrder('a'));
  s.need(sampleOrder('a'));
  await s.idle(3);
  assert.deepEqual(s.asked, ['take a', 'release a', 'take a']);
});

test('a slot that comes too late is given back; one that nobody has use for as well (C4)', async () => {
  using s = stage(5);
  s.need(sampleOrder('a'));
  s.waiting.delete('a');
  s.need(sampleOrder('b'));
  await s.idle(1);
  assert.deepEqual(s.asked, ['take b'], 'who does not wait any more does not ask');
  s.slots.settle({ limit: LIMIT, runId: 'gone', nodeId: 'work', attempt: 1 });
  await s.idle(2);
  assert.equal(s.asked[1], 'release gone');
});

test('C5 a slot that comes for a run which has moved meanwhile is left to whoever has the run', async () => {
  using s = stage(5);
  s.need(sampleOrder('a'));
  s.need(sampleOrder('b'));
  // Before the answer: nobody here has use for either slot, and one of the runs is another scheduler's.
  await Promise.resolve();
  s.waiting.clear();
  s.moved.add('a');
  await s.idle(2);
  s.slots.settle({ limit: LIMIT, runId: 'a', nodeId: 'work', attempt: 1 });
  await new Promise(setImmediate);
  assert.deepEqual(s.asked, ['take a b', 'release b']);
});

test('what fails is tried again by the round, in the same order', async () => {
  using s = stage(5);
  s.it.isAway = true;
  s.slots.giveBack(LIMIT, sampleOrder('a'));
  s.need(sampleOrder('b'));
  await eventually(() => s.failures.length === 1, { describe: 'a failure' });
  s.it.isAway = false;
  s.slots.round();
  await eventually(() => s.granted.length === 1, { describe: 'the slot' });
  assert.deepEqual(s.asked, ['release a', 'release a', 'take b']);
});

test('each round tells how many wait: not those that have slots, nor those that do not wait any more', async () => {
  using s = stage(1);
  for (const runId of ['a', 'b', 'c', 'd']) s.need(sampleOrder(runId));
  s.slots.round();
  await eventually(() => s.granted.length === 1, { describe: 'the first to have its slot' });
  s.waiting.delete('b');
  s.slots.round();
  await eventually(() => s.asked.at(-1) === 'take c d', { describe: 'the others to ask again' });
  s.slots.round();
  assert.deepEqual(s.counts, [4, 3, 2]);
});
