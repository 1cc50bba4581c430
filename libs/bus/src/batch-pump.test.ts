import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchPump } from './batch-pump.ts';
import { DeliveryQueue } from './delivery-queue.ts';

interface Item {
  readonly id: number;
  readonly sizeBytes: number;
}

const item = (id: number, sizeBytes = 1): Item => ({ id, sizeBytes });

test('everything that arrives in one turn comes in one call', async () => {
  const queue = new DeliveryQueue<Item>();
  const calls: number[][] = [];
  const pump = new BatchPump<Item>({
    queue,
    limits: { maxMessages: 10, maxBytes: 100 },
    handle: async (items) => {
      calls.push(items.map(({ id }) => id));
    },
    settle: () => {},
  });
  for (let id = 0; id < 12; id += 1) {
    queue.push(item(id));
    pump.wake();
  }
  await pump.idle();
  assert.deepEqual(calls, [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [10, 11],
  ]);
});

test('each delivery is settled once, with the error of its call', async () => {
  const queue = new DeliveryQueue<Item>();
  const settled: Array<[number, string]> = [];
  const pump = new BatchPump<Item>({
    queue,
    limits: { maxMessages: 1, maxBytes: 100 },
    handle: async ([first]) => {
      if (first?.id === 1) throw new Error('no');
    },
    settle: (items, error) =>
      items.forEach(({ id }) => settled.push([id, error instanceof Error ? error.message : 'ok'])),
  });
  for (let id = 0; id < 3; id += 1) queue.push(item(id));
  pump.wake();
  await pump.idle();
  assert.deepEqual(settled, [
    [0, 'ok'],
    [1, 'no'],
    [2, 'ok'],
  ]);
});

test('a pump that may wait gathers what comes meanwhile, but not beyond a full batch, and not once it is stopped', async () => {
  const queue = new DeliveryQueue<Item>();
  const calls: number[] = [];
  const handle = async (items: readonly Item[]) => void calls.push(items.length);
  const limits = { maxMessages: 3, maxBytes: 100 };
  const patient = new BatchPump<Item>({ queue, limits: { ...limits, gatherMs: 1 }, handle, settle: () => {} });
  queue.push(item(1));
  patient.wake();
  await new Promise((resolve) => setImmediate(resolve));
  queue.push(item(2));
  await patient.idle();
  assert.deepEqual(calls, [2]);
  const hourly = new BatchPump<Item>({ queue, limits: { ...limits, gatherMs: 3_600_000 }, handle, settle: () => {} });
  for (let id = 0; id < 3; id += 1) queue.push(item(id));
  hourly.wake();
  await hourly.idle();
  assert.deepEqual(calls, [2, 3]);
  queue.push(item(4));
  hourly.wake();
  await new Promise((resolve) => setImmediate(resolve));
  await hourly.stop();
  assert.deepEqual(calls, [2, 3]);
});

test('a stopped pump lets its call end and makes no other', async () => {
  const queue = new DeliveryQueue<Item>();
  const started = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let calls = 0;
  const pump = new BatchPump<Item>({
    queue,
    limits: { maxMessages: 1, maxBytes: 100 },
    handle: async () => {
      calls += 1;
      started.resolve();
      await gate.promise;
    },
    settle: () => {},
  });
  queue.push(item(0));
  queue.push(item(1));
  pump.wake();
  await started.promise;
  const stopped = pump.stop();
  gate.resolve();
  await stopped;
  pump.wake();
  await pump.idle();
  assert.equal(calls, 1);
  assert.equal(queue.count, 1);
});

test('the queue gives what fits, at least one, and knows its bytes', () => {
  const queue = new DeliveryQueue<Item>();
  [40, 40, 40, 500, 1].forEach((sizeBytes, id) => queue.push(item(id, sizeBytes)));
  const limits = { maxMessages: 10, maxBytes: 100 };
  const takes = [queue.take(limits), queue.take(limits), queue.take(limits), queue.take(limits)];
  assert.deepEqual(
    takes.map((items) => items.map(({ id }) => id)),
    [[0, 1], [2], [3], [4]],
  );
  assert.equal(queue.bytes, 0);
});
