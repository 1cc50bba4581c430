import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunQuery } from '../../app/run-store.ts';
import { ALL_SHARDS } from '../sole-ownership.ts';
import { batch, ending, newRunId, start, step } from './sample-batches.ts';
import type { EmptyStore } from './store-under-test.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

const everything: RunQuery = {
  namespace: 'default',
  workflowId: undefined,
  statuses: [],
  labels: {},
  limit: 100,
  beforeRunId: undefined,
  parentRunId: undefined,
  includeChildren: true,
};

/** Histories, lists, and what has to be looked at. */
export function testReads(emptyStore: EmptyStore): void {
  test('a history is read whole, in order, and from any seq', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await store.commit(batch(start(runId)));
    await store.commit(batch(step(runId, 3, 3)));
    await store.commit(batch(ending(step(runId, 6))));
    const rows = (await store.load(runId))?.rows ?? [];
    const next = rows.map(({ firstSeq, eventCount }) => firstSeq + eventCount);
    assert.deepEqual(next, [3, 6, 7]);
    const after = async (seq: number, limit = 10) => {
      return (await store.transitionsAfter(runId, seq, limit)).map(({ firstSeq }) => firstSeq);
    };
    assert.deepEqual(await after(0), [1, 3, 6]);
    assert.deepEqual(await after(2), [3, 6]);
    assert.deepEqual(await after(4), [3, 6], 'a row that holds events after the seq comes whole');
    assert.deepEqual(await after(6), []);
    assert.deepEqual(await after(0, 2), [1, 3]);
    assert.deepEqual(await store.lastTransition(runId), { firstSeq: 6, eventCount: 1 });
  });

  test('what does not exist is not there', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    assert.equal(await store.load(runId), undefined);
    assert.equal(await store.runRow(runId), undefined);
    assert.equal(await store.lastTransition(runId), undefined);
    assert.deepEqual(await store.transitionsAfter(runId, 0, 10), []);
    assert.equal(await store.findStart('default', 'r-1'), undefined);
  });

  test('runs are listed newest first, by every filter', async () => {
    const store = await emptyStore();
    const [oldest, middle, newest] = [newRunId(), newRunId(), newRunId()];
    await store.commit(batch(start(oldest, { labels: { team: 'a', tier: '1' } })));
    await store.commit(batch(start(newest, { workflowId: 'other', labels: { team: 'a' } })));
    await store.commit(batch(ending(start(middle, { labels: { team: 'b' } }))));
    await store.commit(batch(start(newRunId(), { namespace: 'other' })));
    const list = async (change: Partial<RunQuery>) => {
      return (await store.listRuns({ ...everything, ...change })).map(({ runId }) => runId);
    };
    assert.deepEqual(await list({}), [newest, middle, oldest]);
    assert.deepEqual(await list({ limit: 2 }), [newest, middle]);
    assert.deepEqual(await list({ beforeRunId: middle }), [oldest]);
    assert.deepEqual(await list({ workflowId: 'sample' }), [middle, oldest]);
    assert.deepEqual(await list({ statuses: ['DONE', 'FAILED'] }), [middle]);
    assert.deepEqual(await list({ labels: { team: 'a' } }), [newest, oldest]);
    assert.deepEqual(await list({ labels: { team: 'a', tier: '1' } }), [oldest]);
    assert.deepEqual(await list({ labels: { team: 'c' } }), []);
    assert.deepEqual(await list({ namespace: 'nobody' }), []);
  });

  test('open runs come oldest first, by pages', async () => {
    const store = await emptyStore();
    const runIds = Array.from({ length: 4 }, newRunId);
    const [first, second, third, fourth] = runIds;
    await store.commit(batch(...runIds.toReversed().map((runId) => start(runId))));
    await store.commit(batch(ending(step(second ?? '', 3))));
    assert.deepEqual(await store.openRuns(undefined, 2), [first, third]);
    assert.deepEqual(await store.openRuns(third, 2), [fourth]);
    assert.deepEqual(await store.openRuns(fourth, 2), []);
  });

  test('open runs that are parked further away than asked for are left out', async () => {
    const store = await emptyStore();
    const [near, far, overdue, ended] = [newRunId(), newRunId(), newRunId(), newRunId()];
    const nowMs = Date.now();
    await store.commit(batch(start(near, { checkAtMs: nowMs + MINUTE_MS }), start(far), start(ended)));
    await store.commit(batch(start(overdue, { checkAtMs: nowMs - HOUR_MS }), ending(step(ended, 3))));
    assert.deepEqual(await store.openRuns(undefined, 10, 2 * MINUTE_MS), [near, overdue]);
    assert.deepEqual(await store.openRuns(undefined, 1, 2 * MINUTE_MS), [near]);
    assert.deepEqual(await store.openRuns(near, 10, 2 * MINUTE_MS), [overdue]);
    assert.deepEqual(await store.openRuns(undefined, 10, 0), [overdue]);
    assert.deepEqual(await store.openRuns(undefined, 10, 2 * HOUR_MS), [near, far, overdue]);
    assert.deepEqual(await store.openRuns(undefined, 10), [near, far, overdue]);
  });

  test('due runs come the most overdue first, until they are postponed', async () => {
    const store = await emptyStore();
    const [due, overdue, later] = [newRunId(), newRunId(), newRunId()];
    const nowMs = Date.now();
    await store.commit(batch(start(due, { checkAtMs: nowMs - HOUR_MS })));
    await store.commit(batch(start(overdue, { checkAtMs: nowMs - 2 * HOUR_MS })));
    await store.commit(batch(start(later)));
    assert.deepEqual(await store.dueRuns(10, ALL_SHARDS), [overdue, due]);
    assert.deepEqual(await store.dueRuns(1, ALL_SHARDS), [overdue]);
    await store.postpone([overdue, newRunId()], HOUR_MS);
    assert.deepEqual(await store.dueRuns(10, ALL_SHARDS), [due]);
    await store.postpone([later, due], -HOUR_MS);
    assert.deepEqual(new Set(await store.dueRuns(10, ALL_SHARDS)), new Set([due, later]));
  });

  test('an ended run is never postponed', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await store.commit(batch(start(runId)));
    await store.commit(batch(ending(step(runId, 3))));
    await store.postpone([runId], -HOUR_MS);
    assert.deepEqual(await store.dueRuns(10, ALL_SHARDS), []);
    assert.equal((await store.runRow(runId))?.status, 'DONE');
  });
}
