import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import { parseFilter } from '../domain/filter/parse-filter.ts';
import { batch, newRunId, start } from '../testing/run-store/sample-batches.ts';
import { bulkRuns, type BulkOptions, type BulkProgress } from './bulk-runs.ts';

const FILTER = parseFilter(`attr.wanted = true`);

async function storeOf(count: number) {
  const store = new MemoryRunStore();
  const runIds = Array.from({ length: count }, newRunId);
  for (const runId of runIds) await store.commit(batch(start(runId, { searchAttributes: { wanted: true } })));
  await store.commit(batch(start(newRunId())));
  return { store, runIds };
}

function options(store: MemoryRunStore, more: Partial<BulkOptions>): BulkOptions {
  const selection = { namespace: 'default', filter: FILTER, includeChildren: false };
  const { signal } = new AbortController();
  return { store, selection, dryRun: false, act: () => undefined, isRefusal: () => false, signal, ...more };
}

const reportsOf = async (chosen: BulkOptions): Promise<BulkProgress[]> => Array.fromAsync(bulkRuns(chosen));

test('B1 every run comes once, in the order of ids, and those that came meanwhile do not', async () => {
  const { store, runIds } = await storeOf(150);
  const acted: string[] = [];
  let atOnce = 0;
  let most = 0;
  const act = async (runId: string) => {
    acted.push(runId);
    atOnce += 1;
    most = Math.max(most, atOnce);
    await store.commit(batch(start(newRunId(), { searchAttributes: { wanted: true } })));
    atOnce -= 1;
  };
  const reports = await reportsOf(options(store, { act }));
  assert.deepEqual(acted.toSorted(), runIds);
  assert.ok(most > 1 && most <= 16, `${most} at once`);
  assert.deepEqual(
    reports.map(({ matched, done, lastRunId, finished }) => [matched, done, lastRunId, finished]),
    [
      [150, 0, undefined, false],
      [150, 64, runIds[63], false],
      [150, 128, runIds[127], false],
      [150, 150, runIds[149], true],
    ],
  );
});

test('a dry run counts, and does nothing; neither does one that finds nothing', async () => {
  const { store } = await storeOf(3);
  const act = () => assert.fail('something was done');
  const counted = [{ matched: 3, done: 0, failed: 0, lastRunId: undefined, failures: [], finished: true }];
  assert.deepEqual(await reportsOf(options(store, { act, dryRun: true })), counted);
  const nothing = { namespace: 'nobody', filter: FILTER, includeChildren: false };
  assert.deepEqual(await reportsOf(options(store, { act, selection: nothing })), [{ ...counted[0], matched: 0 }]);
});

test('B2 it goes on after a run', async () => {
  const { store, runIds } = await storeOf(5);
  const acted: string[] = [];
  const selection = { namespace: 'default', filter: FILTER, includeChildren: false, afterRunId: runIds[2] };
  const reports = await reportsOf(options(store, { act: (runId) => acted.push(runId), selection }));
  assert.deepEqual(acted.toSorted(), runIds.slice(3));
  assert.equal(reports.at(-1)?.matched, 2);
});

test('B3 a refusal is told of, and the next run comes; an outage ends it', async () => {
  const { store, runIds } = await storeOf(3);
  const [, middle] = runIds;
  const act = (runId: string) => {
    if (runId === middle) throw new Error('not this one');
  };
  const last = (await reportsOf(options(store, { act, isRefusal: () => true }))).at(-1);
  assert.deepEqual([last?.done, last?.failed, last?.failures.map(({ runId }) => runId)], [2, 1, [middle]]);
  await assert.rejects(reportsOf(options(store, { act })), /not this one/);
});
