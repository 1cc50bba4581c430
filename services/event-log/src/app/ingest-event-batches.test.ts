import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { createMemoryBus, type BusMessage } from '@skein/bus';
import { Observed } from '@skein/bus/testing';
import { EventBatchConfirmationSchema } from '@skein/contracts/event';
import { MemoryRunEventStore } from '../adapters/memory/memory-run-event-store.ts';
import { SchedulerHistorySource } from '../adapters/scheduler/scheduler-history-source.ts';
import type { TransitionRecord } from '../domain/transition-record.ts';
import { FakeScheduler } from '../testing/fake-scheduler.ts';
import { recordingObserver } from '../testing/recording-observer.ts';
import { newRun, transition, what } from '../testing/sample-events.ts';
import { IngestEventBatches } from './ingest-event-batches.ts';
import { RefusedDataError } from './run-event-store.ts';

/** Ingesting from a bus in memory into a store that fails as told. */
async function ingesting(fail: (records: readonly TransitionRecord[], call: number) => 'before' | 'after' | undefined) {
  const bus = createMemoryBus({ redeliveryBackoff: { initialMs: 1, maxMs: 1 } });
  const scheduler = new FakeScheduler(bus);
  const store = new MemoryRunEventStore();
  const observer = recordingObserver();
  const deliveries = new Observed<number>();
  const confirmed = new Observed<string>();
  let calls = 0;
  const failing = {
    readAfter: store.readAfter.bind(store),
    last: store.last.bind(store),
    append: async (records: readonly TransitionRecord[]) => {
      calls += 1;
      const when = fail(records, calls);
      if (when === 'before') throw new RefusedDataError('refused');
      const added = await store.append(records);
      if (when === 'after') throw new Error('the connection broke after the commit');
      return added;
    },
  };
  const source = new SchedulerHistorySource(scheduler.tasks);
  const ingest = new IngestEventBatches({ bus, store: failing, source, observer, onStored: () => {} });
  await bus.subscribeConfirmations((body) => {
    for (const part of fromBinary(EventBatchConfirmationSchema, body).parts) confirmed.note(part.batchId);
  });
  await bus.consumeEventBatches({
    consumer: 'event-log',
    handler: (messages: readonly BusMessage[]) => {
      for (const message of messages) deliveries.note(message.deliveryCount);
      return ingest.handle(messages);
    },
  });
  return {
    bus,
    scheduler,
    store,
    observer,
    deliveries,
    confirmed,
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}

test('R5 after a crash between commit and acknowledgement the batch comes again, is stored once and confirmed', async () => {
  await using log = await ingesting((_records, call) => (call === 1 ? 'after' : undefined));
  const run = newRun();
  const batch = await log.scheduler.commit(run, [what.runStarted()]);
  await log.confirmed.until((ids) => ids.includes(batch));
  assert.deepEqual(log.deliveries.items, [1, 2]);
  assert.equal((await log.store.readAfter(run, 0, { maxRows: 10, maxBytes: 1e6 })).length, 1);
});

test('R5 a batch that the store refuses is set apart and stays unconfirmed, the others are stored and confirmed', async () => {
  const poisoned = newRun();
  await using log = await ingesting((records) =>
    records.some((record) => record.runId === poisoned.runId) ? 'before' : undefined,
  );
  const runs = Array.from({ length: 6 }, () => newRun());
  const batches = await Promise.all([
    ...runs.slice(0, 3).map((run) => log.scheduler.commit(run, [what.runStarted()])),
    log.scheduler.commit(poisoned, [what.runStarted()]),
    ...runs.slice(3).map((run) => log.scheduler.commit(run, [what.runStarted()])),
  ]);
  await log.confirmed.until((ids) => ids.length === 6);
  assert.deepEqual(
    batches.filter((id) => !log.confirmed.items.includes(id)),
    [batches[3]],
  );
  assert.deepEqual(log.deliveries.items, Array(7).fill(1), 'nothing is delivered again for it');
  assert.equal(log.observer.seen.filter((name) => name === 'refused').length, 1);
});

test('what is malformed is reported, left unconfirmed, and holds nobody up', async () => {
  await using log = await ingesting(() => undefined);
  const body = new Uint8Array([255, 255, 255]);
  await log.bus.publishEventBatch({ namespace: 'default', messageId: 'garbage', body });
  await log.scheduler.publish([{ ...transition(newRun(), 1, [what.runStarted()]), runId: 'no-uuid' }]);
  const good = await log.scheduler.commit(newRun(), [what.runStarted()]);
  await log.confirmed.until((ids) => ids.includes(good));
  assert.deepEqual(log.confirmed.items, [good]);
  assert.equal(log.observer.seen.filter((name) => name === 'malformed').length, 2);
});

test('R5 a batch of which one body cannot be fetched stays unconfirmed as a whole, until it comes again', async () => {
  await using log = await ingesting(() => undefined);
  const [one, two] = [newRun(), newRun()];
  const records = [log.scheduler.decide(one, [what.runStarted()]), log.scheduler.decide(two, [what.runStarted()])];
  const bodiless = records.map((record, index) => (index === 1 ? { ...record, body: new Uint8Array() } : record));
  log.scheduler.answers = false;
  const batch = await log.scheduler.publish(bodiless);
  const marker = await log.scheduler.commit(newRun(), [what.runStarted()]);
  await log.confirmed.until((ids) => ids.includes(marker));
  assert.ok(!log.confirmed.items.includes(batch));
  log.scheduler.answers = true;
  await log.scheduler.publish(bodiless, batch);
  await log.confirmed.until((ids) => ids.includes(batch));
  assert.deepEqual(await log.store.last(two), records[1]);
});
