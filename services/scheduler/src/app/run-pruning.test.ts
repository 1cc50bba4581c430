import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import { batch, ending, newRunId, start } from '../testing/run-store/sample-batches.ts';
import { sampleHistory } from '../testing/sample-history.ts';
import { foldHistory } from './run-history.ts';
import { pruneRuns } from './run-pruning.ts';

const HOUR_MS = 60 * 60 * 1000;

/** A store with runs that ended long ago and are confirmed; answers with their ids. */
async function storeWithEnded(runs: number) {
  const store = new MemoryRunStore();
  const runIds: string[] = [];
  for (let index = 0; index < runs; index += 1) {
    const { state, transitions } = sampleHistory({
      definition: { id: 'one', nodes: [{ id: 'work', type: 'agent', agent_id: 'worker' }], edges: [] },
      input: null,
      answer: () => ({ output: index }),
      beganAtMs: Date.now() - 24 * HOUR_MS,
    });
    runIds.push(state.runId);
    for (const transition of transitions) await store.commit(batch(transition));
  }
  await store.deleteOutbox((await store.staleOutbox(0, 3 * runs)).map(({ batchId }) => batchId));
  return { store, runIds };
}

test('R9 a round prunes what is due, and what is left says the same', async () => {
  const { store, runIds } = await storeWithEnded(3);
  const before = await Promise.all(runIds.map((runId) => store.load(runId)));
  const onKept = (runId: string, error: unknown) => assert.fail(`${runId}: ${String(error)}`);
  assert.equal(await pruneRuns({ store, ageMs: 48 * HOUR_MS, onKept }), 0, 'too young');
  assert.equal(await pruneRuns({ store, ageMs: HOUR_MS, onKept }), 3);
  for (const [index, runId] of runIds.entries()) {
    const [whole, pruned] = [before[index], await store.load(runId)];
    assert.ok(whole && pruned?.rows[0]?.prunedRun);
    const [expected, actual] = [foldHistory(runId, 'default', whole.rows), foldHistory(runId, 'default', pruned.rows)];
    assert.deepEqual(
      [actual.status, actual.seq, actual.endedAtMs, actual.output?.value, actual.nodes.get('work')?.output?.value],
      [expected.status, expected.seq, expected.endedAtMs, index, index],
    );
  }
  assert.equal(await pruneRuns({ store, ageMs: HOUR_MS, onKept }), 0);
});

test('a round goes from batch to batch, but ends', async () => {
  const { store } = await storeWithEnded(0);
  let batches = 0;
  const endless = {
    pruneEnded: async (..._call: Parameters<MemoryRunStore['pruneEnded']>) => {
      batches += 1;
      return { pruned: 100, kept: 0 };
    },
  };
  const pruned = await pruneRuns({ store: endless, ageMs: 0, onKept: () => {} });
  assert.equal(pruned, batches * 100);
  assert.equal(await pruneRuns({ store, ageMs: 0, onKept: () => {} }), 0);
});

test('a history that cannot be folded stays, is told once, and holds nobody up (P3)', async () => {
  const { store, runIds } = await storeWithEnded(1);
  const strange = newRunId();
  const stored = batch(ending(start(strange), { endedAtMs: 0 }));
  await store.commit(stored);
  await store.deleteOutbox([stored.commitId]);
  const told: string[] = [];
  const round = () => pruneRuns({ store, ageMs: HOUR_MS, onKept: (runId) => void told.push(runId) });
  assert.equal(await round(), 1);
  assert.equal(await round(), 0);
  assert.deepEqual(told, [strange]);
  assert.equal((await store.load(strange))?.rows.length, 1);
  assert.equal((await store.runRow(runIds[0] ?? ''))?.isPruned, true);
});
