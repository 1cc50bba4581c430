import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PoisonedBatchError } from '../../app/run-store.ts';
import { ALL_SHARDS } from '../sole-ownership.ts';
import { batch, ending, newRunId, start, startKey, step } from './sample-batches.ts';
import type { EmptyStore } from './store-under-test.ts';

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What a commit stores, and what it leaves out (S1, S2). */
export function testCommits(emptyStore: EmptyStore): void {
  test('a start is there as a whole: history, row, key and outbox', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    const labels = { team: 'support', 'ключ "x"': '\\ ${}' };
    const found = { labels, searchAttributes: { score: 0.5, tags: ['a'] }, memo: { note: 'x' }, sessionId: 's-1' };
    const stored = batch(start(runId, { ...found, key: startKey('r-1') }));
    assert.deepEqual(await store.commit(stored), new Set([runId]));
    const loaded = await store.load(runId);
    assert.equal(loaded?.namespace, 'default');
    assert.deepEqual(
      loaded.rows.map(({ firstSeq, eventCount, body }) => [firstSeq, eventCount, Buffer.from(body).toString()]),
      [[1, 2, `events of ${runId} from 1`]],
    );
    assert.deepEqual(await store.runRow(runId), {
      runId,
      namespace: 'default',
      workflowId: 'sample',
      workflowVersion: 1,
      status: 'RUNNING',
      parent: undefined,
      createdAtMs: stored.transitions[0]?.start?.createdAtMs,
      endedAtMs: undefined,
      ...found,
      failureCode: undefined,
      failureMessage: undefined,
      failedNodeId: undefined,
      isPruned: false,
    });
    assert.deepEqual(await store.findStart('default', 'r-1'), { runId, digest: 'digest' });
    assert.deepEqual(await store.openRuns(undefined, 10), [runId]);
    assert.equal((await store.staleOutbox(0, 10))[0]?.batchId, stored.commitId);
  });

  test('R1 of two transitions with one run and seq the first wins; the second leaves no trace', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await store.commit(batch(start(runId)));
    const winner = batch(step(runId, 3, 4));
    assert.deepEqual(await store.commit(winner), new Set([runId]));
    const loser = batch(ending({ ...step(runId, 3), body: Buffer.from('another story') }));
    assert.deepEqual(await store.commit(loser), new Set());
    assert.deepEqual(await store.lastTransition(runId), { firstSeq: 3, eventCount: 4 });
    assert.equal((await store.runRow(runId))?.status, 'RUNNING');
    const [, second] = (await store.load(runId))?.rows ?? [];
    assert.equal(Buffer.from(second?.body ?? []).toString(), `events of ${runId} from 3`);
    const batchIds = new Set((await store.staleOutbox(0, 10)).map(({ batchId }) => batchId));
    assert.equal(batchIds.has(winner.commitId), true);
    assert.equal(batchIds.has(loser.commitId), false);
  });

  test('a batch stores its winners although it has losers', async () => {
    const store = await emptyStore();
    const [taken, open, fresh] = [newRunId(), newRunId(), newRunId()];
    await store.commit(batch(start(taken), start(open)));
    await store.commit(batch(step(taken, 3)));
    const mixed = batch(start(fresh), step(taken, 3), ending(step(open, 3)));
    assert.deepEqual(await store.commit(mixed), new Set([fresh, open]));
    assert.equal((await store.runRow(open))?.status, 'DONE');
    const outboxRow = (await store.staleOutbox(0, 10)).find(({ batchId }) => batchId === mixed.commitId);
    assert.deepEqual(new Set(outboxRow?.transitions.map(({ runId }) => runId)), new Set([fresh, open]));
  });

  test('an end is in the row with its reason; the run is not open any more', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await store.commit(batch(start(runId)));
    const failure = { failureCode: 'FLAKY', failureMessage: 'it is flaky', failedNodeId: 'work' };
    const end = { status: 'FAILED', endedAtMs: 1_700_000_000_123, ...failure } as const;
    await store.commit(batch(ending(step(runId, 3), end)));
    const { status, endedAtMs, failureCode, failureMessage, failedNodeId } = (await store.runRow(runId)) ?? {};
    assert.deepEqual({ status, endedAtMs, failureCode, failureMessage, failedNodeId }, end);
    assert.deepEqual(await store.openRuns(undefined, 10), []);
  });

  test('R1 nothing is stored of a transition whose run has ended or was never begun', async () => {
    const store = await emptyStore();
    const [ended, open, unknown] = [newRunId(), newRunId(), newRunId()];
    await store.commit(batch(ending(start(ended)), start(open)));
    await store.commit(batch(ending(step(open, 3))));
    const late = batch(step(ended, 3), ending(step(open, 4), { status: 'FAILED' }), step(unknown, 3));
    assert.deepEqual(await store.commit(late), new Set());
    assert.deepEqual(await store.lastTransition(ended), { firstSeq: 1, eventCount: 2 });
    assert.deepEqual(await store.lastTransition(open), { firstSeq: 3, eventCount: 1 });
    assert.equal((await store.runRow(open))?.status, 'DONE');
    assert.deepEqual(await store.transitionsAfter(unknown, 0, 10), []);
    const published = (await store.staleOutbox(0, 10)).map(({ batchId }) => batchId);
    assert.equal(published.includes(late.commitId), false);
  });

  test('a run may begin and end with one transition', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await store.commit(batch(ending(start(runId, { checkAtMs: 0 }))));
    assert.equal((await store.runRow(runId))?.status, 'DONE');
    assert.deepEqual(await store.openRuns(undefined, 10), []);
    assert.deepEqual(await store.dueRuns(10, ALL_SHARDS), []);
  });

  test('R6 a transition that wakes a parked run brings its next check near, one that loses does not', async () => {
    const store = await emptyStore();
    const [woken, sooner, other, fresh] = [newRunId(), newRunId(), newRunId(), newRunId()];
    const nowMs = Date.now();
    await store.commit(batch(start(woken), start(sooner, { checkAtMs: nowMs - 2 * MINUTE_MS }), start(other)));
    await store.postpone([woken, other], DAY_MS);
    const wakeAtMs = nowMs - MINUTE_MS;
    const wake = (runId: string, firstSeq = 3) => ({ ...step(runId, firstSeq), checkAtMs: wakeAtMs });
    await store.commit(batch(wake(woken), wake(sooner), { ...start(fresh), checkAtMs: wakeAtMs - 1 }));
    await store.commit(batch({ ...wake(other), firstSeq: 1 }));
    assert.deepEqual(
      await store.dueRuns(10, ALL_SHARDS),
      [sooner, fresh, woken],
      'the earlier time counts; who lost is not woken',
    );
    await store.postpone([woken], DAY_MS);
    await store.commit(batch(step(woken, 4), { ...ending(step(sooner, 4)), checkAtMs: wakeAtMs }));
    assert.deepEqual(
      await store.dueRuns(10, ALL_SHARDS),
      [fresh],
      'no other transition touches the time, nor any an ended run',
    );
    await store.commit(batch(wake(woken, 5)));
    assert.deepEqual(await store.dueRuns(10, ALL_SHARDS), [fresh, woken]);
  });

  test('R6 the end of a child run brings the next check of its parent near, one that loses does not', async () => {
    const store = await emptyStore();
    const [parked, sooner, ended, bystander] = [newRunId(), newRunId(), newRunId(), newRunId()];
    const nowMs = Date.now();
    await store.commit(batch(start(parked), start(sooner, { checkAtMs: nowMs - 3 * MINUTE_MS })));
    await store.commit(batch(ending(start(ended)), start(bystander)));
    await store.postpone([parked, bystander], DAY_MS);
    const child = async (parentId: string) => {
      const runId = newRunId();
      await store.commit(batch(start(runId, { parent: { runId: parentId, nodeId: 'each' } })));
      return runId;
    };
    const end = (runId: string, parentId: string, minutesAgo: number) => ({
      ...ending(step(runId, 3)),
      parentCheck: { runId: parentId, checkAtMs: nowMs - minutesAgo * MINUTE_MS },
    });
    const lost = await child(parked);
    await store.commit(batch({ ...end(lost, parked, 1), firstSeq: 1 }));
    assert.deepEqual(await store.dueRuns(10, ALL_SHARDS), [sooner], 'who lost brings nobody near');
    const children = [await child(parked), await child(parked), await child(sooner), await child(ended)] as const;
    const [first, second, third, fourth] = children;
    await store.commit(
      batch(end(first, parked, 1), end(second, parked, 2), end(third, sooner, 1), end(fourth, ended, 1)),
    );
    assert.deepEqual(await store.dueRuns(10, ALL_SHARDS), [sooner, parked], 'the earlier time counts');
    assert.equal((await store.runRow(ended))?.status, 'DONE');
  });

  test('R6 a parent that has a transition of its own beside the end of its child comes near too, unless it ends', async () => {
    const store = await emptyStore();
    const [steps, waits, ends, loses] = [newRunId(), newRunId(), newRunId(), newRunId()];
    const parents = [steps, waits, ends, loses];
    await store.commit(batch(...parents.map((runId) => start(runId))));
    await store.postpone(parents, DAY_MS);
    const children = parents.map((parentId) => ({ parentId, runId: newRunId() }));
    await store.commit(
      batch(...children.map(({ parentId, runId }) => start(runId, { parent: { runId: parentId, nodeId: 'each' } }))),
    );
    const checkAtMs = Date.now() - MINUTE_MS;
    const won = await store.commit(
      batch(
        ...children.map(({ parentId, runId }) => ({
          ...ending(step(runId, 3)),
          parentCheck: { runId: parentId, checkAtMs },
        })),
        step(steps, 3),
        { ...step(waits, 3), status: 'WAITING' },
        ending(step(ends, 3)),
        step(loses, 1),
      ),
    );
    assert.equal(won.has(loses), false);
    assert.deepEqual(new Set(await store.dueRuns(10, ALL_SHARDS)), new Set([steps, waits, loses]));
    assert.deepEqual([(await store.runRow(waits))?.status, (await store.runRow(ends))?.status], ['WAITING', 'DONE']);
  });

  test('R4 settle tells what a commit stored, and only that', async () => {
    const store = await emptyStore();
    const [first, second] = [newRunId(), newRunId()];
    await store.commit(batch(start(first)));
    const stored = batch(step(first, 3), start(second));
    assert.deepEqual(await store.settle(stored), new Set(), 'nothing is stored yet');
    await store.commit(stored);
    assert.deepEqual(await store.settle(stored), new Set([first, second]));
    assert.deepEqual(await store.commit(stored), new Set(), 'the same commit again loses against itself');
    const other = batch(step(first, 3));
    await store.commit(other);
    assert.deepEqual(await store.settle(other), new Set(), "another commit's row is not its own");
  });

  test('R4 data that the store refuses is a poisoned batch, of which nothing is stored', async () => {
    const store = await emptyStore();
    const [known, good, bad] = [newRunId(), newRunId(), newRunId()];
    const begun = batch(start(known));
    await store.commit(begun);
    const poisoned = batch(start(good, { key: startKey('r-1') }), start(bad, { sessionId: 'zero \0' }));
    await assert.rejects(store.commit(poisoned), PoisonedBatchError);
    await assert.rejects(store.commit(batch(start(bad), step(known, 3, 0))), PoisonedBatchError);
    await assert.rejects(store.commit(batch(start(bad, { createdAtMs: Number.NaN }))), PoisonedBatchError);
    await assert.rejects(store.commit(batch({ ...step(known, 3), checkAtMs: Number.NaN })), PoisonedBatchError);
    assert.equal(await store.load(good), undefined);
    assert.equal(await store.findStart('default', 'r-1'), undefined);
    assert.deepEqual(await store.openRuns(undefined, 10), [known]);
    const left = (await store.staleOutbox(0, 10)).map(({ batchId }) => batchId);
    assert.deepEqual(left, [begun.commitId]);
  });

  test('bodies of any size and content come back as they were', async () => {
    const store = await emptyStore();
    const bodies = [1, 255, 70_000].map((length) => Uint8Array.from({ length }, (_, index) => (index * 7) % 256));
    const transitions = bodies.map((body) => ({ ...start(newRunId()), body }));
    await store.commit(batch(...transitions));
    for (const { runId, body } of transitions) {
      const loaded = await store.load(runId);
      assert.ok(Buffer.from(body).equals(loaded?.rows[0]?.body ?? new Uint8Array()));
    }
  });
}
