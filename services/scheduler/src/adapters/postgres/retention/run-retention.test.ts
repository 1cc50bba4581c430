import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { claimPayloads, encodeTransition } from '@skein/events';
import { Payload } from '@skein/domain';
import type { StoredTransition } from '../../../app/run-store.ts';
import { batch, ending, newRunId, start, startKey, step } from '../../../testing/run-store/sample-batches.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../../testing/scheduler-database.ts';
import { postgresRunPruning } from '../run-pruning.ts';
import { postgresRunStore } from '../run-store.ts';
import { postgresNamespaceStore } from './namespace-store.ts';
import { postgresRunRetention } from './run-retention.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let database: SchedulerDatabase;
before(async () => {
  database = await schedulerDatabase();
});
after(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.empty();
  await sql('truncate approval');
});

const sql = (text: string, values: readonly unknown[] = []) => database.pool.query(text, [...values]);
const store = () => postgresRunStore(database.pool);
const retention = () => postgresRunRetention(database.pool);
const expire = (limit = 100) => retention().deleteExpired(30 * DAY_MS, limit);

/** Stores a run that ended so long ago; its events are confirmed, and pruned where nothing else is asked for. */
async function ended(ageMs: number, change: Parameters<typeof start>[1] = {}, isPruned = true): Promise<string> {
  const runId = newRunId();
  const createdAtMs = Date.now() - ageMs - HOUR_MS;
  await confirmed(start(runId, { createdAtMs, ...change }));
  const { namespace = 'default' } = change;
  await confirmed({ ...ending(step(runId, 3), { endedAtMs: Date.now() - ageMs }), namespace });
  if (isPruned) await pruneAll();
  return runId;
}

async function confirmed(...transitions: readonly StoredTransition[]): Promise<void> {
  const stored = batch(...transitions);
  assert.equal((await store().commit(stored)).size, transitions.length);
  await store().deleteOutbox([stored.commitId]);
}

function pruneAll() {
  const limits = { maxRuns: 1000, maxBytes: 2 ** 30 };
  return postgresRunPruning(database.pool).pruneEnded(0, limits, () => ({
    lastSeq: 3,
    finalState: Buffer.from('end'),
  }));
}

const exists = async (runId: string) => (await store().runRow(runId)) !== undefined;

/** Tables that still name a run, with how many rows each. */
async function traces(runId: string): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const table of ['run', 'run_event', 'payload', 'approval', 'limit_holder', 'limit_waiter', 'start_key']) {
    const { rows } = await sql(`select count(*)::int as count from ${table} where run_id = $1`, [runId]);
    const { count } = rows[0] as { count: number };
    if (count > 0) left[table] = count;
  }
  return left;
}

test('D3 a run that is due goes from every table, and nothing else does', async () => {
  const [due, young] = [newRunId(), await ended(29 * DAY_MS)];
  const event = { kind: 'user_input', message: Payload.fromValue('x'.repeat(300_000)) } as const;
  const claimed = claimPayloads(encodeTransition({ occurredAtMs: 1, events: [event] }));
  const endedAtMs = Date.now() - 31 * DAY_MS;
  const first = start(due, { createdAtMs: endedAtMs, key: startKey('r-1') });
  await confirmed(ending({ ...first, ...claimed, eventCount: 1 }, { endedAtMs }));
  await sql(
    `insert into approval (run_id, node_id, namespace, workflow_id, status, prompt, approvers, created_at,
    expires_at, decided_by, comment, decided_at)
    values ($1, 'ask', 'default', 'w', 'APPROVED', '', '{}', now(), now(), '', '', now())`,
    [due],
  );
  await sql(`update start_key set created_at = now() - interval '31 days'`);
  await pruneAll();
  assert.equal(await expire(), 1);
  assert.deepEqual(await traces(due), { run_event: 1 }, 'the row that holds the id');
  assert.equal(await store().load(due), undefined);
  assert.deepEqual(await store().transitionsAfter(due, 0, 10), []);
  assert.equal(await store().lastTransition(due), undefined);
  assert.equal(await exists(young), true);
  assert.equal(await expire(), 0);
});

test('D4 nothing comes after a deletion, and the id is not given again until it is forgotten', async () => {
  const runId = await ended(31 * DAY_MS);
  await expire();
  for (const late of [step(runId, 3), step(runId, 4), start(runId), start(runId, { key: startKey('r-1') })]) {
    assert.deepEqual(await store().commit(batch(late)), new Set());
  }
  assert.deepEqual(await store().staleOutbox(0, 10), []);
  assert.deepEqual(await retention().unconfirmed(10), [{ namespace: 'default', runId }]);
  assert.equal(await retention().forget(0, 10), 0, 'not before event-log has confirmed');
  await retention().confirm([runId, newRunId()]);
  assert.deepEqual(await retention().unconfirmed(10), []);
  assert.equal(await retention().forget(HOUR_MS, 10), 0);
  await sql(`update run_deletion set confirmed_at = now() - interval '2 hours'`);
  assert.equal(await retention().forget(HOUR_MS, 10), 1);
  assert.deepEqual(await traces(runId), {});
  assert.deepEqual(await store().commit(batch(start(runId))), new Set([runId]));
});

test('a namespace may keep its runs for longer, for less, or for ever', async () => {
  const namespaces = postgresNamespaceStore(database.pool);
  await namespaces.update('short', { runRetention: { kind: 'time', ms: HOUR_MS } });
  await namespaces.update('long', { runRetention: { kind: 'time', ms: 365 * DAY_MS } });
  await namespaces.update('ever', { runRetention: { kind: 'forever' } });
  const runs = new Map<string, string>();
  for (const namespace of ['short', 'long', 'ever', 'plain']) {
    runs.set(namespace, await ended(namespace === 'short' ? 2 * HOUR_MS : 300 * DAY_MS, { namespace }));
  }
  assert.equal(await expire(), 2);
  const left = await Promise.all([...runs].map(async ([name, runId]) => ((await exists(runId)) ? [name] : [])));
  assert.deepEqual(left.flat(), ['long', 'ever']);
  await namespaces.update('ever', { runRetention: { kind: 'default' } });
  assert.equal(await expire(), 1);
});

test('D1 a run that event-log has not confirmed, or with an open child run, stays and holds nobody up', async () => {
  const unconfirmed = newRunId();
  await store().commit(batch(ending(start(unconfirmed), { endedAtMs: Date.now() - 40 * DAY_MS })));
  const parent = await ended(35 * DAY_MS);
  const child = newRunId();
  await confirmed(start(child, { parent: { runId: parent, nodeId: 'map' } }));
  const plain = await ended(31 * DAY_MS);
  assert.equal(await expire(1), 1);
  assert.deepEqual([await exists(unconfirmed), await exists(parent), await exists(plain)], [true, true, false]);
  assert.deepEqual(await retention().deleteRun('default', parent), { kind: 'has_open_children' });
  assert.deepEqual(await retention().deleteRun('default', child), { kind: 'open' });
});

test('D2 child runs are kept as long as their parent, and follow it', async () => {
  const parent = await ended(20 * DAY_MS);
  const child = await ended(40 * DAY_MS, { parent: { runId: parent, nodeId: 'map' } });
  const grandchild = await ended(50 * DAY_MS, { parent: { runId: child, nodeId: 'map' } });
  assert.equal(await expire(), 0);
  assert.deepEqual(await retention().deleteRun('default', child), { kind: 'has_parent', parentRunId: parent });
  assert.deepEqual(await retention().deleteRun('default', parent), { kind: 'deleted' });
  assert.equal(await retention().forget(0, 10), 0, 'a deletion waits for the child runs');
  assert.equal(await expire(), 1);
  assert.equal(await exists(child), false);
  assert.equal(await expire(), 1);
  assert.equal(await exists(grandchild), false);
  await retention().confirm([parent, child, grandchild]);
  await expire();
  await sql(`update run_deletion set confirmed_at = now() - interval '1 hour'`);
  assert.equal(await retention().forget(1000, 10), 3);
  const orphan = await ended(31 * DAY_MS, { parent: { runId: newRunId(), nodeId: 'map' } });
  assert.equal(await expire(), 1);
  assert.equal(await exists(orphan), false);
});

test('a run is deleted by hand however lately it ended, once it is confirmed, and only in its namespace', async () => {
  const runId = newRunId();
  const stored = batch(ending(start(runId, { key: startKey('r-1') })));
  await store().commit(stored);
  assert.deepEqual(await retention().deleteRun('other', runId), { kind: 'unknown' });
  assert.deepEqual(await retention().deleteRun('default', runId), { kind: 'unconfirmed' });
  await store().deleteOutbox([stored.commitId]);
  assert.deepEqual(await retention().deleteRun('default', runId), { kind: 'deleted' });
  assert.deepEqual(await traces(runId), { run_event: 1 }, 'its start key goes too');
  assert.deepEqual(await retention().deleteRun('default', runId), { kind: 'unknown' });
});

test('D5 several delete at once: each run once, and none is left', async () => {
  const runIds: string[] = [];
  for (let index = 0; index < 40; index += 1) runIds.push(await ended(31 * DAY_MS + index, {}, false));
  await pruneAll();
  let total = 0;
  for (let rounds = 0; total < runIds.length && rounds < runIds.length; rounds += 1) {
    const counts = await Promise.all([expire(7), expire(7), expire(7)]);
    for (const count of counts) total += count;
  }
  assert.equal(total, runIds.length);
  assert.deepEqual((await retention().unconfirmed(100)).map((it) => it.runId).toSorted(), runIds.toSorted());
});
