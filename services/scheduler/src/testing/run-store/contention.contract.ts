import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSeed } from '@skein/testkit';
import type { RunStore, StoredTransition } from '../../app/run-store.ts';
import { batch, ending, newRunId, start, startKey, step } from './sample-batches.ts';
import type { EmptyStore } from './store-under-test.ts';

const RUNS = 24;
const MANY_RUNS = 200;
const WRITERS = 6;
const ROUNDS = 12;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Several schedulers at once over the same runs: exactly one winner each time, and no deadlock (S2). */
export function testContention(emptyStore: EmptyStore): void {
  test('R1 of concurrent batches over the same runs, in any order, each transition has one winner and none deadlocks', () =>
    withSeed(async (random) => {
      const store = await emptyStore();
      const runIds = Array.from({ length: RUNS }, newRunId);
      await contend(store, (writer) =>
        random.shuffle(runIds).map((runId, index) => start(runId, { key: startKey(`${writer % 2}-${index}`) })),
      );
      const begun = await store.openRuns(undefined, RUNS);
      for (let round = 0; round < ROUNDS; round += 1) {
        const won = await contend(store, () => random.shuffle(begun).map((runId) => step(runId, 3 + round)));
        assert.deepEqual(won.toSorted(), begun, `round ${round}`);
      }
      const ended = await contend(store, () => random.shuffle(begun).map((runId) => ending(step(runId, 3 + ROUNDS))));
      assert.deepEqual(ended.toSorted(), begun);
      assert.deepEqual(await store.openRuns(undefined, RUNS), []);
      for (const runId of begun) await assertContiguous(store, runId);
    }));

  test('ends, sweeps and confirmations of the same rows never block each other for good', () =>
    withSeed(async (random) => {
      const store = await emptyStore();
      for (let round = 0; round < ROUNDS; round += 1) {
        const runIds = Array.from({ length: MANY_RUNS }, newRunId);
        await store.commit(batch(...runIds.map((runId) => start(runId))));
        const batchIds = (await store.staleOutbox(0, MANY_RUNS)).map(({ batchId }) => batchId);
        const ends = batch(...random.shuffle(runIds).map((runId) => ending(step(runId, 3))));
        const others = Array.from({ length: WRITERS }, () => [
          store.commit({ ...batch(start(newRunId())), confirmedBatchIds: random.shuffle(batchIds) }),
          store.postpone(random.shuffle(runIds), 1000),
          store.deleteOutbox(random.shuffle(batchIds)),
        ]);
        await Promise.all([store.commit(ends), ...others.flat()]);
        for (const runId of runIds) assert.equal((await store.runRow(runId))?.status, 'DONE');
      }
    }));

  test('ends of child runs and transitions of their parents never block each other for good', () =>
    withSeed(async (random) => {
      const store = await emptyStore();
      const parents = Array.from({ length: RUNS }, newRunId);
      await store.commit(batch(...parents.map((runId) => start(runId))));
      for (let round = 0; round < ROUNDS; round += 1) {
        const children = parents.flatMap((parentId) => [0, 1].map(() => ({ parentId, runId: newRunId() })));
        const parent = (runId: string) => ({ parent: { runId, nodeId: 'each' } });
        await store.commit(batch(...children.map(({ parentId, runId }) => start(runId, parent(parentId)))));
        await store.postpone(parents, DAY_MS);
        const checkAtMs = Date.now();
        const ends = children.map(({ parentId, runId }) => ({
          ...ending(step(runId, 3)),
          parentCheck: { runId: parentId, checkAtMs },
        }));
        // Each batch changes rows of parents whose children end in another one, and the other way round.
        const steps = parents.map((runId) => ({ ...step(runId, 3 + round), checkAtMs, status: 'WAITING' as const }));
        const shares = split(random.shuffle([...ends, ...steps]), WRITERS);
        const won = await Promise.all(shares.map((share) => store.commit(batch(...share))));
        assert.equal(won.flatMap((it) => [...it]).length, ends.length + steps.length);
        assert.deepEqual((await store.openRuns(undefined, RUNS, 0)).length, RUNS, `round ${round}`);
      }
    }));
}

function split<Item>(items: readonly Item[], parts: number): Item[][] {
  return Array.from({ length: parts }, (_, part) => items.filter((_item, index) => index % parts === part));
}

/** Every writer commits its batch at the same time; the ids of the runs that anybody won. */
async function contend(store: RunStore, transitions: (writer: number) => StoredTransition[]): Promise<string[]> {
  const commits = Array.from({ length: WRITERS }, (_, writer) => store.commit(batch(...transitions(writer))));
  return (await Promise.all(commits)).flatMap((winners) => [...winners]);
}

async function assertContiguous(store: RunStore, runId: string): Promise<void> {
  let nextSeq = 1;
  for (const { firstSeq, eventCount } of (await store.load(runId))?.rows ?? []) {
    assert.equal(firstSeq, nextSeq);
    nextSeq += eventCount;
  }
}
