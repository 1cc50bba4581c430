import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batch, newRunId, start, step } from './sample-batches.ts';
import type { EmptyStore } from './store-under-test.ts';

const MINUTE_MS = 60_000;

/** What waits for event-log. */
export function testOutbox(emptyStore: EmptyStore): void {
  test('a stale row comes with everything that its commit stored', async () => {
    const store = await emptyStore();
    const [here, there] = [newRunId(), newRunId()];
    const stored = batch(start(here), start(there, { namespace: 'other' }));
    await store.commit(stored);
    const [row, ...others] = await store.staleOutbox(0, 10);
    assert.equal(others.length, 0);
    assert.equal(row?.batchId, stored.commitId);
    const carried = new Map(row.transitions.map((transition) => [transition.runId, transition]));
    assert.equal(carried.size, 2);
    for (const [runId, namespace] of [
      [here, 'default'],
      [there, 'other'],
    ] as const) {
      const { body, ...place } = carried.get(runId) ?? {};
      assert.deepEqual(place, { runId, namespace, firstSeq: 1, eventCount: 2 });
      assert.equal(Buffer.from(body ?? []).toString(), `events of ${runId} from 1`);
    }
  });

  test('R5 a young row is left to whoever published it', async () => {
    const store = await emptyStore();
    await store.commit(batch(start(newRunId())));
    assert.deepEqual(await store.staleOutbox(MINUTE_MS, 10), []);
  });

  test('no more rows than asked for, the oldest first', async () => {
    const store = await emptyStore();
    const commits = Array.from({ length: 3 }, () => batch(start(newRunId())));
    for (const commit of commits) await store.commit(commit);
    const rows = await store.staleOutbox(0, 2);
    assert.deepEqual(
      rows.map(({ batchId }) => batchId),
      commits.slice(0, 2).map(({ commitId }) => commitId),
    );
  });

  test('R5 confirmed rows go with the next commit, or by themselves', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    const [first, second] = [batch(start(runId)), batch(start(newRunId()))];
    await store.commit(first);
    await store.commit(second);
    const third = { ...batch(step(runId, 3)), confirmedBatchIds: [first.commitId] };
    await store.commit(third);
    const ids = async () => (await store.staleOutbox(0, 10)).map(({ batchId }) => batchId);
    assert.deepEqual(await ids(), [second.commitId, third.commitId]);
    await store.deleteOutbox([second.commitId, third.commitId, newRunId()]);
    assert.deepEqual(await ids(), []);
  });

  test('confirmed rows go although everything in the commit lost', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    const first = batch(start(runId));
    await store.commit(first);
    await store.commit({ ...batch(start(runId)), confirmedBatchIds: [first.commitId] });
    assert.deepEqual(await store.staleOutbox(0, 10), []);
  });
}
