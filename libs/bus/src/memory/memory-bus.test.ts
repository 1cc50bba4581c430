import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testEventBusContract } from '../testing/event-bus.contract.ts';
import { Observed } from '../testing/observed.ts';
import { createMemoryBus } from './memory-bus.ts';

testEventBusContract('memory', async () => {
  const bus = createMemoryBus({ redeliveryBackoff: { initialMs: 1, maxMs: 4 } });
  // "Another process" is the same bus here; closing it twice changes nothing.
  return {
    connect: async () => bus,
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
});

test('a consumer that nobody serves keeps the newest batches up to its limit', async () => {
  await using bus = createMemoryBus({ maxQueuedBytes: 25 });
  const handler = async () => {};
  const first = await bus.consumeEventBatches({ consumer: 'log', handler });
  await first[Symbol.asyncDispose]();
  for (const messageId of ['a', 'b', 'c']) {
    await bus.publishEventBatch({ namespace: 'default', messageId, body: new Uint8Array(10) });
  }
  const seen = new Observed<string>();
  await using _second = await bus.consumeEventBatches({
    consumer: 'log',
    handler: async (messages) => messages.forEach((message) => seen.note(message.messageId)),
  });
  await seen.until((items) => items.includes('c'));
  assert.deepEqual(seen.items, ['b', 'c']);
});

test('a closed bus refuses', async () => {
  const bus = createMemoryBus();
  await bus[Symbol.asyncDispose]();
  assert.equal(bus.state().connected, false);
  await assert.rejects(bus.publishEventBatch({ namespace: 'default', messageId: 'x', body: new Uint8Array() }), {
    reason: 'BUS_CLOSED',
  });
});
