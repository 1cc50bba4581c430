import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSeed } from '@skein/testkit';
import type { PrunableRun, PrunedRun, PruningLimits, RunPruning } from '../../app/run-pruning.ts';
import type { RunStore, StoredTransition } from '../../app/run-store.ts';
import { batch, ending, newRunId, start, startKey, step } from './sample-batches.ts';

const HOUR_MS = 60 * 60 * 1000;
const UNBOUNDED: PruningLimits = { maxRuns: 1000, maxBytes: 2 ** 30 };

/** Gives an empty store that can forget. */
export type EmptyPrunableStore = () => Promise<RunStore & RunPruning>;

/** What becomes of ended runs (S4, P1–P4). */
export function testPruning(emptyStore: EmptyPrunableStore): void {
  test('R9 the events of an ended run go once they are confirmed, the run stays', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await commitConfirmed(store, start(runId, { key: startKey('r-1') }));
    await commitConfirmed(store, step(runId, 3, 2));
    await commitConfirmed(store, ending(step(runId, 5)));
    const seen: PrunableRun[] = [];
    const pruned = await store.pruneEnded(0, UNBOUNDED, (run) => {
      seen.push(run);
      return rest(run);
    });
    assert.deepEqual(pruned, { pruned: 1, kept: 0 });
    assert.deepEqual(seen.map(describe), [`default ${runId}: 1+2 3+2 5+1`]);
    const row = await store.runRow(runId);
    assert.equal(row?.isPruned, true);
    const loaded = await store.load(runId);
    const [left, ...others] = loaded?.rows ?? [];
    assert.deepEqual(others, []);
    assert.deepEqual([left?.firstSeq, left?.eventCount], [1, 5]);
    assert.deepEqual(left?.prunedRun, row);
    assert.equal(Buffer.from(left?.body ?? []).toString(), `the end of ${runId}`);
    assert.deepEqual(await store.transitionsAfter(runId, 0, 10), []);
    const last = await store.lastTransition(runId);
    assert.equal((last?.firstSeq ?? 0) + (last?.eventCount ?? 0) - 1, 5);
    assert.equal((await store.findStart('default', 'r-1'))?.runId, runId);
    assert.deepEqual(
      (await list(store)).map((it) => it.runId),
      [runId],
    );
    assert.deepEqual(await store.pruneEnded(0, UNBOUNDED, rest), { pruned: 0, kept: 0 }, 'once is enough');
  });

  test('R9 a run stays whole while it is open, young, or not confirmed to the last', async () => {
    const store = await emptyStore();
    const [open, young, unconfirmed, halfConfirmed] = [newRunId(), newRunId(), newRunId(), newRunId()];
    await commitConfirmed(store, start(open));
    await commitConfirmed(store, ending(start(young)));
    await store.commit(batch(ended(unconfirmed)));
    await store.commit(batch(start(halfConfirmed)));
    await commitConfirmed(store, ending(step(halfConfirmed, 3), { endedAtMs: Date.now() - 2 * HOUR_MS }));
    assert.deepEqual(await store.pruneEnded(HOUR_MS, UNBOUNDED, rest), { pruned: 0, kept: 0 });
    const left = (await store.staleOutbox(0, 10)).map(({ batchId }) => batchId);
    await store.deleteOutbox(left);
    assert.deepEqual(await store.pruneEnded(HOUR_MS, UNBOUNDED, rest), { pruned: 2, kept: 0 });
    assert.equal((await store.runRow(young))?.isPruned, false);
    assert.equal((await store.runRow(open))?.isPruned, false);
  });

  test('R9 nothing comes after the end of a pruned run, nor is its id given again', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    await commitConfirmed(store, start(runId));
    await commitConfirmed(store, step(runId, 3));
    await commitConfirmed(store, ending(step(runId, 4)));
    await store.pruneEnded(0, UNBOUNDED, rest);
    const late = [step(runId, 3), step(runId, 4), step(runId, 5), start(runId), start(runId, { key: startKey('r-1') })];
    for (const transition of late) assert.deepEqual(await store.commit(batch(transition)), new Set());
    assert.equal((await store.load(runId))?.rows[0]?.eventCount, 4);
    assert.equal(await store.findStart('default', 'r-1'), undefined);
    assert.deepEqual(await store.staleOutbox(0, 10), []);
  });

  test('a history that is not understood stays, and is not looked at again', async () => {
    const store = await emptyStore();
    const [strange, plain] = [newRunId(), newRunId()];
    await commitConfirmed(store, ended(strange), ended(plain));
    const compact = (run: PrunableRun) => (run.runId === strange ? undefined : rest(run));
    assert.deepEqual(await store.pruneEnded(0, UNBOUNDED, compact), { pruned: 1, kept: 1 });
    assert.deepEqual(await store.pruneEnded(0, UNBOUNDED, rest), { pruned: 0, kept: 0 });
    assert.equal((await store.load(strange))?.rows[0]?.prunedRun, undefined);
    assert.equal((await store.transitionsAfter(strange, 0, 10)).length, 1);
    assert.deepEqual(await store.lastTransition(strange), { firstSeq: 1, eventCount: 2 });
    assert.equal((await store.runRow(strange))?.isPruned, false);
  });

  test('batches are bounded by runs and by bytes, the longest ended first', async () => {
    const store = await emptyStore();
    const runIds = Array.from({ length: 5 }, newRunId);
    const nowMs = Date.now();
    const large = Buffer.alloc(1000);
    const byAge = runIds.map((runId, age) => ({ ...ended(runId, nowMs - HOUR_MS - age), body: large }));
    await commitConfirmed(store, ...byAge);
    const pruned = async (limits: Partial<PruningLimits>) => {
      const seen: string[] = [];
      await store.pruneEnded(0, { ...UNBOUNDED, ...limits }, (run) => {
        seen.push(run.runId);
        return rest(run);
      });
      return new Set(seen);
    };
    const [first, second, third, fourth, fifth] = runIds;
    assert.deepEqual(await pruned({ maxRuns: 1 }), new Set([fifth]));
    assert.deepEqual(await pruned({ maxBytes: 1 }), new Set([fourth]), 'one goes however large it is');
    assert.deepEqual(await pruned({ maxBytes: 1001 }), new Set([third, second]));
    assert.deepEqual(await pruned({}), new Set([first]));
  });

  test('an error in between leaves every run as it was', async () => {
    const store = await emptyStore();
    const runIds = [newRunId(), newRunId()];
    await commitConfirmed(store, ...runIds.map((runId) => ended(runId)));
    const failing = store.pruneEnded(0, UNBOUNDED, () => {
      throw new Error('the process dies here');
    });
    await assert.rejects(failing, /dies here/);
    for (const runId of runIds) assert.equal((await store.load(runId))?.rows[0]?.prunedRun, undefined);
    assert.deepEqual(await store.pruneEnded(0, UNBOUNDED, rest), { pruned: 2, kept: 0 });
  });

  test('several prune at once: each run once, commits and sweeps go on', () =>
    withSeed(async (random) => {
      const store = await emptyStore();
      const runIds = Array.from({ length: 60 }, newRunId);
      await commitConfirmed(store, ...random.shuffle(runIds).map((runId) => ended(runId)));
      const seen: string[] = [];
      const prune = async () => {
        let left = runIds.length;
        while (left > 0) {
          const { pruned } = await store.pruneEnded(0, { maxRuns: 7, maxBytes: 2 ** 20 }, (run) => {
            seen.push(run.runId);
            return rest(run);
          });
          left = pruned === 0 ? 0 : left - pruned;
        }
      };
      const others = random.shuffle(runIds).map((runId) => store.commit(batch(step(runId, 3), start(newRunId()))));
      await Promise.all([prune(), prune(), prune(), store.postpone(runIds, HOUR_MS), ...others]);
      await prune();
      assert.deepEqual(seen.toSorted(), runIds);
      for (const runId of runIds) assert.equal((await store.runRow(runId))?.isPruned, true);
    }));
}

/** A run that begins and ends with one transition. */
function ended(runId: string, endedAtMs = Date.now() - 2 * HOUR_MS): StoredTransition {
  return ending(start(runId), { endedAtMs });
}

/** Commits, and forgets the outbox row as if event-log had confirmed it. */
async function commitConfirmed(store: RunStore, ...transitions: readonly StoredTransition[]): Promise<void> {
  const stored = batch(...transitions);
  await store.commit(stored);
  await store.deleteOutbox([stored.commitId]);
}

function rest({ runId, rows }: PrunableRun): PrunedRun {
  const last = rows.at(-1);
  const lastSeq = (last?.firstSeq ?? 0) + (last?.eventCount ?? 0) - 1;
  return { lastSeq, finalState: Buffer.from(`the end of ${runId}`) };
}

function describe({ namespace, runId, rows }: PrunableRun): string {
  return `${namespace} ${runId}: ${rows.map(({ firstSeq, eventCount }) => `${firstSeq}+${eventCount}`).join(' ')}`;
}

function list(store: RunStore) {
  const any = {
    workflowId: undefined,
    statuses: [],
    labels: {},
    limit: 10,
    beforeRunId: undefined,
    parentRunId: undefined,
    includeChildren: true,
  };
  return store.listRuns({ namespace: 'default', ...any });
}
