import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunEventStore } from '../app/run-event-store.ts';
import type { TransitionRecord } from '../domain/transition-record.ts';
import { newRun, transition, what } from './sample-events.ts';

const ALL = { maxRows: 1_000, maxBytes: 64 * 1024 * 1024 };
const seqs = (records: readonly TransitionRecord[]) => records.map((record) => record.firstSeq);
const plain = (record: TransitionRecord | undefined) =>
  record === undefined ? undefined : { ...record, body: Buffer.from(record.body).toString('hex') };

/** The promises of `RunEventStore`, proved on one adapter. */
export function testRunEventStoreContract(adapter: string, store: () => RunEventStore): void {
  describe(`run event store: ${adapter}`, { concurrency: true }, () => {
    test('gives back what was stored, in order, whatever order it came in', async () => {
      const run = newRun('tenant-a');
      const records = [
        transition(run, 1, [what.runStarted(), what.nodeScheduled('a')]),
        transition(run, 3, [what.nodeSucceeded('a')]),
        transition(run, 4, [what.runDone()]),
      ];
      assert.equal(await store().append(records.toReversed()), 3);
      assert.deepEqual((await store().readAfter(run, 0, ALL)).map(plain), records.map(plain));
      assert.deepEqual(plain(await store().last(run)), plain(records[2]));
    });

    test('storing again changes nothing', async () => {
      const run = newRun();
      const first = transition(run, 1, [what.runStarted('first')]);
      assert.equal(await store().append([first]), 1);
      assert.equal(await store().append([transition(run, 1, [what.runStarted('other')]), first]), 0);
      assert.deepEqual((await store().readAfter(run, 0, ALL)).map(plain), [plain(first)]);
    });

    test('one batch may hold the same record twice', async () => {
      const run = newRun();
      const record = transition(run, 1, [what.runStarted()]);
      assert.equal(await store().append([record, record]), 1);
      assert.equal((await store().readAfter(run, 0, ALL)).length, 1);
    });

    test('reads rows that hold events after a seq, also one in the middle of a row', async () => {
      const run = newRun();
      const three = [what.nodeScheduled('a'), what.nodeScheduled('b'), what.nodeScheduled('c')];
      await store().append([1, 4, 7].map((firstSeq) => transition(run, firstSeq, three)));
      const starts = [0, 1, 2, 3, 4, 6, 8, 9, 100];
      const read = await Promise.all(starts.map(async (after) => seqs(await store().readAfter(run, after, ALL))));
      assert.deepEqual(read, [[1, 4, 7], [1, 4, 7], [1, 4, 7], [4, 7], [4, 7], [7], [7], [], []]);
    });

    test('a row that is missing is simply not there', async () => {
      const run = newRun();
      const one = [what.nodeScheduled('a')];
      await store().append([1, 2, 5].map((firstSeq) => transition(run, firstSeq, one)));
      assert.deepEqual(seqs(await store().readAfter(run, 2, ALL)), [5]);
      assert.deepEqual(seqs(await store().readAfter(run, 3, ALL)), [5]);
    });

    test('a read keeps to its limits, but brings one row at least', async () => {
      const run = newRun();
      const large = transition(run, 1, [what.runStarted('x'.repeat(5_000))]);
      const small = [2, 3, 4].map((firstSeq) => transition(run, firstSeq, [what.nodeScheduled('a')]));
      await store().append([large, ...small]);
      assert.deepEqual(seqs(await store().readAfter(run, 0, { maxRows: 2, maxBytes: 1e6 })), [1, 2]);
      assert.deepEqual(seqs(await store().readAfter(run, 0, { maxRows: 10, maxBytes: 100 })), [1]);
      const [first] = small;
      const maxBytes = (first?.body.byteLength ?? 0) * 2;
      assert.deepEqual(seqs(await store().readAfter(run, 1, { maxRows: 10, maxBytes })), [2, 3]);
    });

    test('a body of any bytes comes back as it was', async () => {
      const run = newRun();
      const body = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
      await store().append([{ ...run, firstSeq: 1, eventCount: 1, body }]);
      const [record] = await store().readAfter(run, 0, ALL);
      assert.ok(Buffer.from(body).equals(record?.body ?? new Uint8Array()));
    });

    test('another namespace sees nothing of a run, even by its id', async () => {
      const run = newRun('tenant-a');
      await store().append([transition(run, 1, [what.runStarted()])]);
      const other = { ...run, namespace: 'tenant-b' };
      assert.deepEqual(await store().readAfter(other, 0, ALL), []);
      assert.equal(await store().last(other), undefined);
    });

    test('batches with rows in common, stored at the same time, end up once each', async () => {
      const runs = Array.from({ length: 10 }, () => newRun());
      const records = runs.flatMap((run) =>
        [1, 2, 3].map((firstSeq) => transition(run, firstSeq, [what.nodeScheduled('a')])),
      );
      const batches = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? records : records.toReversed()));
      const added = await Promise.all(batches.map((batch) => store().append(batch)));
      assert.equal(
        added.reduce((sum, count) => sum + count, 0),
        records.length,
      );
      for (const run of runs) assert.deepEqual(seqs(await store().readAfter(run, 0, ALL)), [1, 2, 3]);
    });
  });
}
