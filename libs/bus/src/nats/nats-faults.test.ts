import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { eventually, natsServer, type NatsServer } from '@skein/testkit';
import type { EventBus } from '../event-bus.ts';
import { connected } from '../testing/connected.ts';
import { Observed } from '../testing/observed.ts';
import { createNatsBus } from './nats-bus.ts';
import type { NatsBusOptions } from './nats-options.ts';

const quick = {
  publishTimeoutMs: 300,
  idleHeartbeatMs: 500,
  pingIntervalMs: 300,
  reconnectWaitMs: 20,
  ackWaitMs: 1_000,
  streamMaxBytes: 16 * 1024 * 1024,
};

const openBus = (server: NatsServer, options: Partial<NatsBusOptions> = {}): EventBus =>
  createNatsBus({ ...quick, servers: [server.url], ...options });

const publish = (bus: EventBus, messageId: string): Promise<void> =>
  bus.publishEventBatch({ namespace: 'default', messageId, body: new Uint8Array([1]) });

/** Publishes as the outbox does: again and again until the bus takes it. */
async function publishUntilTaken(bus: EventBus, messageId: string): Promise<void> {
  const attempt = async (): Promise<boolean> => {
    await publish(bus, messageId);
    return true;
  };
  await eventually(attempt, { describe: `the bus takes ${messageId}`, timeoutMs: 30_000 });
}

async function consumeInto(bus: EventBus, seen: Observed<string>): Promise<AsyncDisposable> {
  return bus.consumeEventBatches({
    consumer: 'log',
    handler: async (messages) => messages.forEach((message) => seen.note(message.messageId)),
  });
}

/** What an operator does behind the back of the platform. */
async function administer(
  server: NatsServer,
  act: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<unknown>,
): Promise<void> {
  const connection = await connect({ servers: server.url });
  await act(await jetstreamManager(connection));
  await connection.close();
}

describe('the bus over a nats-server that fails', { concurrency: true, timeout: 90_000 }, () => {
  test('a server killed and its store wiped: publishing and consuming go on without a restart', async () => {
    await using server = await natsServer();
    await using bus = await connected(openBus(server));
    const seen = new Observed<string>();
    const tailed = new Observed<string>();
    const reconnects = new Observed<string>();
    bus.onReconnect(() => reconnects.note('reconnect'));
    await using _consumer = await consumeInto(bus, seen);
    await using _tail = await bus.tailEventBatches((message) => tailed.note(message.messageId));
    await publish(bus, 'before');
    await seen.until((items) => items.includes('before'));
    for (const round of ['one', 'two']) {
      await server.kill();
      await server.wipeStore();
      await server.restart();
      await publishUntilTaken(bus, round);
      await seen.until((items) => items.includes(round));
      await tailed.until((items) => items.includes(round));
    }
    assert.ok(reconnects.items.length >= 2);
  });

  test('while the server is down publishing fails at once and by name', async () => {
    await using server = await natsServer();
    const states = new Observed<string>();
    await using bus = await connected(openBus(server, { onError: (_error, place) => states.note(place) }));
    await server.kill();
    await states.until((items) => items.includes('connection'));
    assert.equal(bus.state().connected, false);
    const startedAtMs = performance.now();
    await assert.rejects(publish(bus, 'lost'), { name: 'BusError', reason: 'BUS_UNAVAILABLE' });
    assert.ok(performance.now() - startedAtMs < quick.publishTimeoutMs / 2);
    bus.publishConfirmation(new Uint8Array([1]));
    bus.publishTaskEvents({ namespace: 'default', runId: 'r', body: new Uint8Array([1]) });
  });

  test('a stream deleted live is made again, for a publisher and a consumer alike', async () => {
    await using server = await natsServer();
    await using publisher = await connected(openBus(server));
    await using consumer = await connected(openBus(server));
    const seen = new Observed<string>();
    // The tail keeps the server from saying that nobody listens on the subject.
    await using _tail = await consumer.tailEventBatches(() => {});
    await using _consumer = await consumeInto(consumer, seen);
    await publish(publisher, 'before');
    await seen.until((items) => items.includes('before'));
    for (const round of ['one', 'two', 'three']) {
      await administer(server, (manager) => manager.streams.delete('SKEIN_EVENTS'));
      await publishUntilTaken(publisher, round);
      await seen.until((items) => items.includes(round));
    }
  });

  test('a publisher alone makes a deleted stream again', async () => {
    await using server = await natsServer();
    await using bus = await connected(openBus(server));
    await publish(bus, 'before');
    await administer(server, (manager) => manager.streams.delete('SKEIN_EVENTS'));
    await publish(bus, 'after');
    const seen = new Observed<string>();
    await using _consumer = await consumeInto(bus, seen);
    await seen.until((items) => items.includes('after'));
  });

  test('a consumer deleted live is made again', async () => {
    await using server = await natsServer();
    await using bus = await connected(openBus(server));
    const seen = new Observed<string>();
    await using _consumer = await consumeInto(bus, seen);
    await publish(bus, 'before');
    await seen.until((items) => items.includes('before'));
    for (const round of ['one', 'two', 'three']) {
      await administer(server, (manager) => manager.consumers.delete('SKEIN_EVENTS', 'log'));
      await publish(bus, round);
      await seen.until((items) => items.includes(round));
    }
  });

  test('a server that stops answering is noticed, and used again when it goes on', async () => {
    await using server = await natsServer();
    const troubles = new Observed<string>();
    await using bus = await connected(openBus(server, { onError: (_error, place) => troubles.note(place) }));
    const seen = new Observed<string>();
    await using _consumer = await consumeInto(bus, seen);
    await publish(bus, 'before');
    await seen.until((items) => items.includes('before'));
    server.pause();
    // The signal takes effect a moment later; until then the server goes on answering.
    const refused = () =>
      publish(bus, 'while-paused').then(
        () => undefined,
        (error: unknown) => error,
      );
    const error = await eventually(refused, { describe: 'publishing fails' });
    assert.equal(error instanceof Error && error.name, 'BusError');
    await troubles.until((items) => items.includes('connection'));
    server.resume();
    await publishUntilTaken(bus, 'after');
    await seen.until((items) => items.includes('after'));
  });

  test('a bus opened before its server connects, subscribes and consumes once the server is there', async () => {
    await using server = await natsServer();
    await server.kill();
    await using bus = openBus(server);
    const seen = new Observed<string>();
    const confirmed = new Observed<string>();
    await using _confirmations = await bus.subscribeConfirmations(() => confirmed.note('confirmed'));
    await using _consumer = await consumeInto(bus, seen);
    await assert.rejects(publish(bus, 'early'), { reason: 'BUS_UNAVAILABLE' });
    await server.restart();
    await publishUntilTaken(bus, 'late');
    bus.publishConfirmation(new Uint8Array([1]));
    await seen.until((items) => items.includes('late'));
    await confirmed.until((items) => items.length > 0);
  });

  test('a bus that never connected can be closed', async () => {
    await using server = await natsServer();
    await server.kill();
    const bus = openBus(server);
    await using _consumer = await consumeInto(bus, new Observed<string>());
    await bus[Symbol.asyncDispose]();
    assert.equal(bus.state().connected, false);
  });

  test('a batch in the hands of a process that vanished goes to another', async () => {
    await using server = await natsServer();
    await using first = await connected(openBus(server));
    const taken = new Observed<string>();
    const never = Promise.withResolvers<void>();
    // As a process that hangs: it neither finishes nor says that it works, for its connection is gone.
    const hanging = await connected(openBus(server, { ackWaitMs: 60_000 }));
    await using _hanging = await hanging.consumeEventBatches({
      consumer: 'log',
      handler: async (messages) => {
        messages.forEach((message) => taken.note(message.messageId));
        await never.promise;
      },
    });
    await publish(first, 'one');
    await taken.until((items) => items.includes('one'));
    const seen = new Observed<string>();
    await using _consumer = await consumeInto(first, seen);
    await seen.until((items) => items.includes('one'));
    never.resolve();
    await hanging[Symbol.asyncDispose]();
  });

  test('a slow handler keeps its batch longer than the wait for acknowledgements', async () => {
    await using server = await natsServer();
    await using bus = await connected(openBus(server, { ackWaitMs: 500 }));
    const acknowledgements = new Observed<string>();
    const observer = await connect({ servers: server.url });
    observer.subscribe('$JS.ACK.>', { callback: (_error, message) => acknowledgements.note(message.string()) });
    await observer.flush();
    const calls = new Observed<number>();
    await using _consumer = await bus.consumeEventBatches({
      consumer: 'log',
      handler: async (messages) => {
        calls.note(messages[0]?.deliveryCount ?? 0);
        // Twice in the time after which the server would deliver again, so five times is well beyond it.
        await acknowledgements.until((items) => items.filter((item) => item === '+WPI').length >= 5);
      },
    });
    await publish(bus, 'slow');
    await calls.until((items) => items.length === 1);
    await publish(bus, 'next');
    await calls.until((items) => items.length === 2);
    assert.deepEqual(calls.items, [1, 1]);
    await observer.close();
  });

  test('other limits for the stream take effect on the stream that exists', async () => {
    await using server = await natsServer();
    await using first = await connected(openBus(server));
    await publish(first, 'one');
    await using second = await connected(openBus(server, { streamMaxBytes: 8 * 1024 * 1024, streamMaxAgeMs: 60_000 }));
    await publish(second, 'two');
    await administer(server, async (manager) => {
      const { config, state } = await manager.streams.info('SKEIN_EVENTS');
      assert.equal(config.max_bytes, 8 * 1024 * 1024);
      assert.equal(config.max_age, 60_000 * 1_000_000);
      assert.equal(state.messages, 2);
    });
  });
});
