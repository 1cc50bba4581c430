import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TaskEventStore } from '../app/task-event-store.ts';
import type { DispatchRef } from '../domain/dispatch.ts';
import type { RunKey } from '../domain/run-key.ts';
import { chunksOf, taskEventsOf } from '../domain/task-chunk.ts';
import { deltas, newRun, what } from './sample-events.ts';

const ALL = { maxRows: 1_000, maxBytes: 64 * 1024 * 1024 };
const REF = what.ref('node');
const PIECES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** The promises of `TaskEventStore`, proved on one adapter. */
export function testTaskEventStoreContract(adapter: string, store: () => TaskEventStore): void {
  const read = async (run: RunKey, ref: DispatchRef, after: number) => {
    const chunks = await store().readAfter(run, ref, after, ALL);
    return chunks.map((chunk) => taskEventsOf(chunk).map((event) => Number(event.taskSeq)));
  };

  describe(`task event store: ${adapter}`, { concurrency: true }, () => {
    test('gives back whole events, in order', async () => {
      const run = newRun('tenant-a');
      const events = deltas(run, REF, PIECES);
      await store().append(chunksOf(events.slice(3)));
      await store().append(chunksOf(events.slice(0, 3)));
      const chunks = await store().readAfter(run, REF, 0, ALL);
      assert.deepEqual(chunks.flatMap(taskEventsOf), events);
    });

    test('reads chunks that hold events after a number, also one in the middle of a chunk', async () => {
      const run = newRun();
      const events = deltas(run, REF, PIECES);
      for (const part of [events.slice(0, 2), events.slice(2, 4), events.slice(4)])
        await store().append(chunksOf(part));
      assert.deepEqual(await read(run, REF, 0), [
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
      assert.deepEqual(await read(run, REF, 3), [
        [3, 4],
        [5, 6],
      ]);
      assert.deepEqual(await read(run, REF, 6), []);
    });

    test('storing again changes nothing, storing a longer group keeps the longer one', async () => {
      const run = newRun();
      const events = deltas(run, REF, PIECES);
      await store().append(chunksOf(events.slice(0, 3)));
      await store().append(chunksOf(events.slice(0, 5)));
      await store().append(chunksOf(events.slice(0, 2)));
      assert.deepEqual(await read(run, REF, 0), [[1, 2, 3, 4, 5]]);
    });

    test('groups may overlap', async () => {
      const run = newRun();
      const events = deltas(run, REF, PIECES);
      await store().append(chunksOf(events.slice(0, 3)));
      await store().append(chunksOf(events.slice(1, 6)));
      assert.deepEqual(await read(run, REF, 3), [[2, 3, 4, 5, 6]]);
    });

    test('dispatches are kept apart and listed in order', async () => {
      const run = newRun();
      const refs = [what.ref('b'), what.ref('a', 2, 1), what.ref('a', 1, 2), what.ref('a'), what.ref('a', 10)];
      await store().append(refs.flatMap((ref, index) => chunksOf(deltas(run, ref, PIECES.slice(0, index + 1)))));
      assert.deepEqual(await store().dispatches(run), [
        { ...what.ref('a'), lastTaskSeq: 4 },
        { ...what.ref('a', 1, 2), lastTaskSeq: 3 },
        { ...what.ref('a', 2, 1), lastTaskSeq: 2 },
        { ...what.ref('a', 10), lastTaskSeq: 5 },
        { ...what.ref('b'), lastTaskSeq: 1 },
      ]);
      assert.deepEqual(await read(run, what.ref('a', 2, 1), 0), [[1, 2]]);
      assert.deepEqual(await read(run, what.ref('a', 3, 1), 0), []);
    });

    test('a read keeps to its limits, but brings one chunk at least', async () => {
      const run = newRun();
      const events = deltas(run, REF, ['x'.repeat(5_000), 'b', 'c']);
      for (const event of events) await store().append(chunksOf([event]));
      assert.equal((await store().readAfter(run, REF, 0, { maxRows: 2, maxBytes: 1e6 })).length, 2);
      assert.equal((await store().readAfter(run, REF, 0, { maxRows: 9, maxBytes: 100 })).length, 1);
    });

    test('another namespace sees nothing of a run, and cannot change it', async () => {
      const run = newRun('tenant-a');
      const other = { ...run, namespace: 'tenant-b' };
      await store().append(chunksOf(deltas(run, REF, PIECES.slice(0, 2))));
      assert.deepEqual(await store().readAfter(other, REF, 0, ALL), []);
      assert.deepEqual(await store().dispatches(other), []);
      await store().append(chunksOf(deltas(other, REF, PIECES)));
      assert.deepEqual(await read(run, REF, 0), [[1, 2]]);
    });
  });
}
