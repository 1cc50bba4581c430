import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batch, ending, newRunId, start, startKey, step } from './sample-batches.ts';
import type { EmptyStore } from './store-under-test.ts';

/** Idempotent starts (S3). */
export function testStarts(emptyStore: EmptyStore): void {
  test('R8 the second start with a key leaves nothing but the first', async () => {
    const store = await emptyStore();
    const [first, second] = [newRunId(), newRunId()];
    await store.commit(batch(start(first, { key: startKey('r-1', 'one') })));
    assert.deepEqual(await store.commit(batch(start(second, { key: startKey('r-1', 'two') }))), new Set());
    assert.deepEqual(await store.findStart('default', 'r-1'), { runId: first, digest: 'one' });
    assert.equal(await store.load(second), undefined);
    assert.equal(await store.runRow(second), undefined);
  });

  test('R8 of starts with one key in one batch exactly one is stored', async () => {
    const store = await emptyStore();
    const runIds = Array.from({ length: 4 }, newRunId);
    const won = await store.commit(batch(...runIds.map((runId) => start(runId, { key: startKey('r-1') }))));
    assert.equal(won.size, 1);
    assert.deepEqual(await store.openRuns(undefined, 10), [...won]);
    assert.deepEqual([(await store.findStart('default', 'r-1'))?.runId], [...won]);
  });

  test('R8 of concurrent starts with one key exactly one is stored', async () => {
    const store = await emptyStore();
    const runIds = Array.from({ length: 12 }, newRunId);
    const commits = runIds.map((runId) => store.commit(batch(start(runId, { key: startKey('r-1') }))));
    const won = (await Promise.all(commits)).flatMap((winners) => [...winners]);
    assert.equal(won.length, 1);
    assert.deepEqual(await store.openRuns(undefined, 20), won);
    assert.deepEqual([(await store.findStart('default', 'r-1'))?.runId], won);
  });

  test('R8 a start that loses its run id leaves no key behind', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await store.commit(batch(start(runId)));
    assert.deepEqual(await store.commit(batch(start(runId, { key: startKey('r-1') }))), new Set());
    assert.equal(await store.findStart('default', 'r-1'), undefined);
  });

  test('keys are a matter of one namespace', async () => {
    const store = await emptyStore();
    const [here, there] = [newRunId(), newRunId()];
    const key = startKey('r-1');
    const both = batch(start(here, { key }), start(there, { namespace: 'other', key }));
    assert.equal((await store.commit(both)).size, 2);
    assert.equal((await store.findStart('default', 'r-1'))?.runId, here);
    assert.equal((await store.findStart('other', 'r-1'))?.runId, there);
    assert.equal(await store.findStart('third', 'r-1'), undefined);
  });

  test('a start with a key may end at once', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await store.commit(batch(ending(start(runId, { key: startKey('r-1') }))));
    assert.equal((await store.findStart('default', 'r-1'))?.runId, runId);
  });

  test('old start keys are deleted; their runs stay', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await store.commit(batch(start(runId, { key: startKey('r-1') })));
    assert.equal(await store.deleteStartKeys(60_000), 0);
    assert.equal(await store.deleteStartKeys(0), 1);
    assert.equal(await store.findStart('default', 'r-1'), undefined);
    assert.deepEqual(await store.commit(batch(step(runId, 3))), new Set([runId]));
  });
}
