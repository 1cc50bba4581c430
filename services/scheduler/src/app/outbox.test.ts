import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { EventBatchConfirmationSchema, EventBatchSchema, type EventBatch } from '@skein/contracts/event';
import { withSeed } from '@skein/testkit';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import { batch, newRunId, start } from '../testing/run-store/sample-batches.ts';
import { Outbox, RELAY_AGE_MS } from './outbox.ts';
import type { OutboxBatch } from './run-store.ts';

type Carried = EventBatch & { readonly sizeBytes: number; readonly messageId: string };

interface Rig {
  readonly outbox: Outbox;
  readonly store: MemoryRunStore;
  readonly carried: Carried[];
  readonly failures: unknown[];
  /** Confirms these parts, as event-log would. */
  readonly confirm: (...parts: readonly Carried[]) => void;
  readonly pass: (ms: number) => void;
  readonly outboxSize: () => Promise<number>;
}

function rig({ maxPayloadBytes = 1024 * 1024, publishFails = false } = {}): Rig {
  let nowMs = 1_000_000;
  const store = new MemoryRunStore({ nowMs: () => nowMs });
  const carried: Carried[] = [];
  const failures: unknown[] = [];
  const outbox = new Outbox({
    carrier: {
      maxPayloadBytes,
      publishEventBatch: async ({ namespace, messageId, body }) => {
        if (publishFails) throw new Error('the bus is away');
        const message = fromBinary(EventBatchSchema, body);
        assert.equal(message.namespace, namespace);
        carried.push({ ...message, sizeBytes: body.byteLength, messageId });
      },
    },
    store,
    onPublishFailed: (error) => void failures.push(error),
  });
  const confirm = (...parts: readonly Carried[]) => {
    const confirmed = parts.map(({ batchId, partIndex, partCount }) => ({ batchId, partIndex, partCount }));
    const message = create(EventBatchConfirmationSchema, { parts: confirmed });
    outbox.confirm(toBinary(EventBatchConfirmationSchema, message));
  };
  const pass = (ms: number) => void (nowMs += ms);
  const outboxSize = async () => (await store.staleOutbox(-1, 1000)).length;
  return { outbox, store, carried, failures, confirm, pass, outboxSize };
}

/** A batch of transitions with bodies of these sizes, each of a run of its own. */
function batchOf(sizes: readonly number[], namespaceOf = (_index: number) => 'default'): OutboxBatch {
  const transitions = sizes.map((size, index) => {
    const body = new Uint8Array(size).fill(index + 1);
    return { runId: newRunId(), namespace: namespaceOf(index), firstSeq: 1, eventCount: 1, body };
  });
  return { batchId: newRunId(), transitions };
}

const carriedRunIds = (messages: readonly Carried[]) =>
  messages.flatMap(({ transitions }) => transitions.map(({ runId }) => runId));

test('a batch is one message that carries all of it', () => {
  const { outbox, carried } = rig();
  const published = batchOf([10, 20]);
  outbox.publish(published);
  assert.equal(carried.length, 1);
  const [message] = carried;
  assert.deepEqual([message?.batchId, message?.partIndex, message?.partCount], [published.batchId, 0, 1]);
  assert.deepEqual(
    message?.transitions.map(({ runId, firstSeq, eventCount, body }) => [runId, Number(firstSeq), eventCount, body]),
    published.transitions.map(({ runId, firstSeq, eventCount, body }) => [runId, firstSeq, eventCount, body]),
  );
});

test('no message is larger than the bus takes; together they carry everything once', () =>
  withSeed((random) => {
    const maxPayloadBytes = 8192;
    const { outbox, carried } = rig({ maxPayloadBytes });
    const published = batchOf(Array.from({ length: 60 }, () => random.integer(1, 4000)));
    outbox.publish(published);
    assert.ok(carried.length > 1);
    for (const { sizeBytes } of carried) assert.ok(sizeBytes <= maxPayloadBytes, `${sizeBytes} bytes`);
    assert.deepEqual(
      carriedRunIds(carried).toSorted(),
      published.transitions.map(({ runId }) => runId),
    );
    assert.deepEqual(
      carried.map(({ partIndex, partCount }) => [partIndex, partCount]),
      carried.map((_, index) => [index, carried.length]),
    );
    assert.equal(new Set(carried.map(({ messageId }) => messageId)).size, carried.length);
  }));

test('a body that no message can hold stays behind; its record goes', () => {
  const { outbox, carried } = rig({ maxPayloadBytes: 8192 });
  const published = batchOf([10, 100_000, 20]);
  outbox.publish(published);
  const records = carried.flatMap(({ transitions }) => transitions);
  assert.deepEqual(
    records.map(({ body }) => body.byteLength),
    [10, 0, 20],
  );
  assert.deepEqual(
    records.map(({ runId }) => runId),
    published.transitions.map(({ runId }) => runId),
  );
});

test('each namespace has messages of its own', () => {
  const { outbox, carried } = rig();
  outbox.publish(batchOf([1, 2, 3, 4], (index) => `tenant-${index % 2}`));
  assert.deepEqual(
    carried.map(({ namespace, transitions }) => [namespace, transitions.length]),
    [
      ['tenant-0', 2],
      ['tenant-1', 2],
    ],
  );
});

test('R5 a confirmation of what is no batch spoils no commit', () => {
  const { outbox, carried, confirm } = rig();
  const published = batchOf([10]);
  outbox.publish(published);
  const [whole] = carried;
  assert.ok(whole);
  confirm(...['', 'NULL', `${newRunId()},${newRunId()}`].map((batchId) => ({ ...whole, batchId })), whole);
  assert.deepEqual(outbox.takeConfirmed(), [published.batchId]);
});

test('R5 a row goes when every part of its batch is confirmed, and not before', () => {
  const { outbox, carried, confirm } = rig({ maxPayloadBytes: 4096 });
  const published = batchOf([2000, 2000, 2000]);
  outbox.publish(published);
  const [first, second, third] = carried;
  assert.ok(first && second && third);
  confirm(first, first);
  confirm(third);
  assert.deepEqual(outbox.takeConfirmed(), []);
  confirm(second);
  assert.deepEqual(outbox.takeConfirmed(), [published.batchId]);
  assert.deepEqual(outbox.takeConfirmed(), [], 'it is handed out once');
});

test('R5 that the bus has taken a batch confirms nothing', async () => {
  const { outbox, store, carried, pass, outboxSize } = rig();
  const stored = batch(start(newRunId()));
  await store.commit(stored);
  outbox.publish({ batchId: stored.commitId, transitions: stored.transitions });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(carried.length, 1);
  assert.deepEqual(outbox.takeConfirmed(), []);
  pass(RELAY_AGE_MS);
  await outbox.relay();
  assert.equal(await outboxSize(), 1);
  assert.equal(carried.length, 2, 'it is published again');
});

test('parts of different cuts do not add up', () => {
  const { outbox, carried, confirm } = rig({ maxPayloadBytes: 4096 });
  outbox.publish(batchOf([2000, 2000, 2000]));
  const [first, second] = carried;
  assert.ok(first && second);
  confirm(first, { ...second, partCount: 2 });
  assert.deepEqual(outbox.takeConfirmed(), []);
});

test('a batch is cut the same way whatever order its transitions come in', () =>
  withSeed((random) => {
    const one = rig({ maxPayloadBytes: 4096 });
    const published = batchOf(
      Array.from({ length: 20 }, () => random.integer(1, 3000)),
      (index) => `tenant-${index % 3}`,
    );
    one.outbox.publish(published);
    const other = rig({ maxPayloadBytes: 4096 });
    other.outbox.publish({ ...published, transitions: random.shuffle(published.transitions) });
    assert.deepEqual(other.carried, one.carried);
  }));

test('R5 any scheduler publishes what is not confirmed after 2 s, until it is', async () => {
  const { outbox, store, carried, confirm, pass, outboxSize } = rig();
  const commit = batch(start(newRunId()), start(newRunId(), { namespace: 'other' }));
  await store.commit(commit);
  await outbox.relay();
  assert.equal(carried.length, 0, 'it is left to whoever has just published it');
  pass(1999);
  await outbox.relay();
  assert.equal(carried.length, 0);
  pass(1);
  await outbox.relay();
  await outbox.relay();
  assert.equal(carried.length, 4, 'two parts, twice');
  assert.equal(carried[0]?.batchId, commit.commitId);
  confirm(...carried.slice(0, 1), ...carried.slice(3));
  await outbox.relay();
  assert.equal(await outboxSize(), 0);
  assert.equal(carried.length, 4, 'what is confirmed is not published again');
});

test('a bus that is away costs nothing but a round of the relay', async () => {
  const { outbox, store, failures, pass, outboxSize } = rig({ publishFails: true });
  await store.commit(batch(start(newRunId())));
  pass(RELAY_AGE_MS);
  await outbox.relay();
  assert.equal(failures.length, 1);
  assert.equal(await outboxSize(), 1);
});
