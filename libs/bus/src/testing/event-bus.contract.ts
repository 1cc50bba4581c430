import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BusMessage, EventBus } from '../event-bus.ts';
import { Observed } from './observed.ts';

/** What the contract needs of an adapter. */
export interface BusUnderTest extends AsyncDisposable {
  /** A further bus on the same messages, as another process has it. The in-process adapter gives the same one. */
  connect(): Promise<EventBus>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array): string => new TextDecoder().decode(body);
const batch = (id: string, namespace = 'default') => ({ namespace, messageId: id, body: bytes(id) });

/** The promises of `EventBus`, proved on one adapter. Every test gets a bus of its own. */
export function testEventBusContract(adapter: string, create: () => Promise<BusUnderTest>): void {
  const busTest = (name: string, body: (bus: EventBus, under: BusUnderTest) => Promise<void>): void => {
    void test(name, { timeout: 60_000 }, async () => {
      await using under = await create();
      await using bus = await under.connect();
      await body(bus, under);
    });
  };

  describe(`event bus contract: ${adapter}`, { concurrency: true }, () => {
    busTest('a batch reaches consumers and tails as it was published', async (bus) => {
      const consumed = new Observed<BusMessage>();
      const tailed = new Observed<BusMessage>();
      await using _tail = await bus.tailEventBatches((message) => tailed.note(message));
      await using _consumer = await bus.consumeEventBatches({
        consumer: 'log',
        handler: async (messages) => messages.forEach((message) => consumed.note(message)),
      });
      const namespace = 'häuser & co. > *';
      const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      await bus.publishEventBatch({ namespace, messageId: 'one', body: new Uint8Array([0, 255, 10]), headers });
      for (const observed of [consumed, tailed]) {
        const [message] = await observed.until((items) => items.length === 1);
        assert.deepEqual(
          { ...message, body: [...(message?.body ?? [])] },
          { namespace, messageId: 'one', body: [0, 255, 10], headers, deliveryCount: 1 },
        );
      }
    });

    busTest('publishing returns before any handler runs', async (bus) => {
      const order: string[] = [];
      const seen = new Observed<string>();
      await using _tail = await bus.tailEventBatches(() => {
        order.push('tail');
        seen.note('tail');
      });
      await using _confirmations = await bus.subscribeConfirmations(() => {
        order.push('confirmation');
        seen.note('confirmation');
      });
      bus.publishConfirmation(bytes('x'));
      order.push('returned');
      await seen.until((items) => items.length === 1);
      assert.deepEqual(order, ['returned', 'confirmation']);
    });

    busTest('a tail sees every batch of a namespace in order', async (bus) => {
      const seen = new Observed<string>();
      await using _tail = await bus.tailEventBatches((message) => seen.note(message.messageId));
      const ids = Array.from({ length: 200 }, (_, index) => `batch-${index}`);
      await Promise.all(ids.map((id) => bus.publishEventBatch(batch(id))));
      assert.deepEqual(await seen.until((items) => items.length === ids.length), ids);
    });

    busTest('what arrives during a call comes together in the next, within the limits', async (bus) => {
      const calls = new Observed<string[]>();
      const gate = Promise.withResolvers<void>();
      await using _consumer = await bus.consumeEventBatches({
        consumer: 'log',
        maxBatchMessages: 10,
        handler: async (messages) => {
          calls.note(messages.map((message) => message.messageId));
          await gate.promise;
        },
      });
      await bus.publishEventBatch(batch('first'));
      await calls.until((items) => items.length === 1);
      const tail = new Observed<string>();
      await using _tail = await bus.tailEventBatches((message) => tail.note(message.messageId));
      for (let index = 0; index < 25; index += 1) await bus.publishEventBatch(batch(`later-${index}`));
      await tail.until((items) => items.length === 25);
      gate.resolve();
      await calls.until((items) => items.flat().length === 26);
      assert.ok(calls.items.length <= 6, `26 batches in ${calls.items.length} calls`);
      assert.ok(calls.items.every((call) => call.length <= 10));
      assert.equal(new Set(calls.items.flat()).size, 26);
    });

    busTest('a call gets no more bytes than it allows, unless one message has more', async (bus) => {
      const calls = new Observed<number[]>();
      const gate = Promise.withResolvers<void>();
      await using _consumer = await bus.consumeEventBatches({
        consumer: 'log',
        maxBatchBytes: 1_000,
        handler: async (messages) => {
          calls.note(messages.map((message) => message.body.byteLength));
          await gate.promise;
        },
      });
      const sizes = [10, 400, 400, 400, 5_000, 10];
      for (const size of sizes) {
        await bus.publishEventBatch({ ...batch(`size-${size}`), body: new Uint8Array(size) });
      }
      await calls.until((items) => items.length === 1);
      gate.resolve();
      await calls.until((items) => items.flat().length === sizes.length);
      for (const call of calls.items) {
        assert.ok(call.length === 1 || call.reduce((sum, size) => sum + size, 0) <= 1_000, `got ${call.join('+')}`);
      }
    });

    busTest('a failed batch is delivered again until it succeeds', async (bus) => {
      const deliveries = new Observed<{ id: string; count: number }>();
      await using _consumer = await bus.consumeEventBatches({
        consumer: 'log',
        handler: async (messages) => {
          for (const message of messages) deliveries.note({ id: message.messageId, count: message.deliveryCount });
          if (messages.some((message) => message.deliveryCount < 3)) throw new Error('not yet');
        },
      });
      await bus.publishEventBatch(batch('one'));
      await deliveries.until((items) => items.length === 3);
      assert.deepEqual(
        deliveries.items.map((delivery) => delivery.count),
        [1, 2, 3],
      );
    });

    busTest('processes of one consumer share the work, other consumers get everything', async (bus, under) => {
      await using second = await under.connect();
      const shared = new Observed<string>();
      const other = new Observed<string>();
      const handler = async (messages: readonly BusMessage[]) =>
        messages.forEach((message) => shared.note(message.messageId));
      await using _first = await bus.consumeEventBatches({ consumer: 'log', handler });
      await using _second = await second.consumeEventBatches({ consumer: 'log', handler });
      await using _other = await bus.consumeEventBatches({
        consumer: 'audit',
        handler: async (messages) => messages.forEach((message) => other.note(message.messageId)),
      });
      const ids = Array.from({ length: 100 }, (_, index) => `batch-${index}`);
      await Promise.all(ids.map((id) => bus.publishEventBatch(batch(id))));
      await other.until((items) => items.length === ids.length);
      await shared.until((items) => items.length === ids.length);
      assert.deepEqual(new Set(shared.items), new Set(ids));
      assert.equal(shared.items.length, ids.length);
    });

    busTest('a consumer gets what was published while nobody took part', async (bus) => {
      const seen = new Observed<string>();
      const handler = async (messages: readonly BusMessage[]) =>
        messages.forEach((message) => seen.note(message.messageId));
      const first = await bus.consumeEventBatches({ consumer: 'log', handler });
      await bus.publishEventBatch(batch('one'));
      await seen.until((items) => items.length === 1);
      await first[Symbol.asyncDispose]();
      await bus.publishEventBatch(batch('two'));
      assert.deepEqual(seen.items, ['one']);
      await using _second = await bus.consumeEventBatches({ consumer: 'log', handler });
      await seen.until((items) => items.includes('two'));
    });

    busTest('ending a subscription waits for its handler and gives the rest to others', async (bus) => {
      const first = new Observed<string>();
      const gate = Promise.withResolvers<void>();
      const ending = await bus.consumeEventBatches({
        consumer: 'log',
        maxBatchMessages: 1,
        handler: async (messages) => {
          messages.forEach((message) => first.note(message.messageId));
          await gate.promise;
        },
      });
      for (const id of ['a', 'b', 'c']) await bus.publishEventBatch(batch(id));
      await first.until((items) => items.length === 1);
      const order: string[] = [];
      const end = (async () => {
        await ending[Symbol.asyncDispose]();
        order.push('ended');
      })();
      await new Promise((resolve) => setImmediate(resolve));
      order.push('handler goes on');
      gate.resolve();
      await end;
      assert.deepEqual(order, ['handler goes on', 'ended']);
      assert.equal(first.items.length, 1);
      const second = new Observed<string>();
      await using _second = await bus.consumeEventBatches({
        consumer: 'log',
        handler: async (messages) => messages.forEach((message) => second.note(message.messageId)),
      });
      await second.until((items) => items.includes('b') && items.includes('c'));
      assert.ok(!second.items.includes('a'));
    });

    busTest('task events reach whoever watches that run of that namespace', async (bus, under) => {
      await using second = await under.connect();
      const seen = new Observed<string>();
      const run = { namespace: 'a.b', runId: 'run-1' };
      await using _one = await bus.subscribeTaskEvents(run, (body) => seen.note(`1 ${text(body)}`));
      await using _two = await second.subscribeTaskEvents(run, (body) => seen.note(`2 ${text(body)}`));
      bus.publishTaskEvents({ namespace: 'a', runId: 'b.run-1', body: bytes('other') });
      bus.publishTaskEvents({ namespace: 'a.b', runId: 'run-2', body: bytes('other') });
      bus.publishTaskEvents({ ...run, body: bytes('x') });
      bus.publishTaskEvents({ ...run, body: bytes('y') });
      await seen.until((items) => items.length === 4);
      assert.deepEqual(seen.items.toSorted(), ['1 x', '1 y', '2 x', '2 y']);
    });

    busTest('notices of a mailbox reach whoever waits at that one, in every process', async (bus, under) => {
      await using second = await under.connect();
      const seen = new Observed<string>();
      const mailbox = { namespace: 'a.b', mailbox: 'agent/ünter > *' };
      await using _one = await bus.subscribeMailboxNotices(mailbox, () => seen.note('1'));
      await using _two = await second.subscribeMailboxNotices(mailbox, () => seen.note('2'));
      const ended = await second.subscribeMailboxNotices(mailbox, () => seen.note('ended'));
      await ended[Symbol.asyncDispose]();
      bus.publishMailboxNotice({ namespace: 'a', mailbox: 'b.agent/ünter > *' });
      bus.publishMailboxNotice({ namespace: 'a.b', mailbox: 'agent/other' });
      bus.publishMailboxNotice(mailbox);
      bus.publishMailboxNotice(mailbox);
      await seen.until((items) => items.length === 4);
      assert.deepEqual(seen.items.toSorted(), ['1', '1', '2', '2']);
    });

    busTest('an ended plain subscription gets nothing more', async (bus) => {
      const ended = new Observed<string>();
      const live = new Observed<string>();
      const run = { namespace: 'default', runId: 'run-1' };
      const subscription = await bus.subscribeTaskEvents(run, (body) => ended.note(text(body)));
      await using _live = await bus.subscribeTaskEvents(run, (body) => live.note(text(body)));
      await subscription[Symbol.asyncDispose]();
      bus.publishTaskEvents({ ...run, body: bytes('x') });
      await live.until((items) => items.length === 1);
      assert.deepEqual(ended.items, []);
    });

    busTest('a subscriber that throws harms no other', async (bus) => {
      const seen = new Observed<string>();
      await using _bad = await bus.subscribeConfirmations(() => {
        throw new Error('broken subscriber');
      });
      await using _good = await bus.subscribeConfirmations((body) => seen.note(text(body)));
      bus.publishConfirmation(bytes('x'));
      bus.publishConfirmation(bytes('y'));
      await seen.until((items) => items.length === 2);
      assert.deepEqual(seen.items, ['x', 'y']);
    });

    busTest('a body that is too large is refused by name', async (bus) => {
      const body = new Uint8Array(bus.maxPayloadBytes + 1);
      await assert.rejects(bus.publishEventBatch({ ...batch('large'), body }), {
        name: 'BusError',
        reason: 'BUS_MESSAGE_TOO_LARGE',
      });
      await bus.publishEventBatch({ ...batch('fits'), body: body.subarray(1) });
    });

    busTest('a connected bus says so, a closed one refuses', async (_bus, under) => {
      const closing = await under.connect();
      assert.equal(closing.state().connected, true);
      await closing[Symbol.asyncDispose]();
      assert.equal(closing.state().connected, false);
      await assert.rejects(closing.publishEventBatch(batch('late')), { reason: 'BUS_CLOSED' });
      await assert.rejects(
        closing.subscribeConfirmations(() => {}),
        { reason: 'BUS_CLOSED' },
      );
    });
  });
}
