/** Rules of the hot path (docs/hot-path.md) that only a real Postgres can show. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createPool } from '@skein/postgres';
import { postgresRunStore } from '../adapters/postgres/run-store.ts';
import { postgresRunRetention } from '../adapters/postgres/retention/run-retention.ts';
import { commitQuery } from '../adapters/postgres/commit-statement.ts';
import type { RunStore } from '../app/run-store.ts';
import { batch, ending, newRunId, start, startKey, step } from '../testing/run-store/sample-batches.ts';
import { ALL_SHARDS } from '../testing/sole-ownership.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../testing/scheduler-database.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

const cleanup = new AsyncDisposableStack();
let database: SchedulerDatabase;
let store: RunStore;

before(async () => {
  database = cleanup.use(await schedulerDatabase());
  store = postgresRunStore(database.pool);
});
after(() => cleanup.disposeAsync());
beforeEach(() => database.empty());

async function select<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return (await database.pool.query<Row>(text, [...values])).rows;
}

describe('R1 one row a transition', () => {
  test('R1 rows and keys of a batch are locked in one order, however the batch is', async () => {
    const runIds = Array.from({ length: 50 }, newRunId);
    const keys = new Map(runIds.map((runId, index) => [runId, String((index * 37) % 50).padStart(2, '0')]));
    const shuffled = runIds.toSorted((a, b) => (keys.get(a) ?? '').localeCompare(keys.get(b) ?? ''));
    await store.commit(batch(...shuffled.map((runId) => start(runId, { key: startKey(keys.get(runId) ?? '') }))));
    const inOrderOfInsertion = await select<{ run_id: string }>('select run_id from run_event order by ctid');
    assert.deepEqual(
      inOrderOfInsertion.map((row) => row.run_id),
      runIds,
    );
    const keysInOrder = await select<{ request_id: string }>('select request_id from start_key order by ctid');
    assert.deepEqual(
      keysInOrder.map((row) => row.request_id),
      [...keys.values()].toSorted(),
    );
  });

  test('R1 the loser of a race leaves nothing in any table', async () => {
    const [taken, begun, other] = [newRunId(), newRunId(), newRunId()];
    await store.commit(batch(start(taken, { key: startKey('r-1') }), start(begun), start(other)));
    await store.commit(batch(step(begun, 3), step(other, 3)));
    const tables = ['run', 'run_event', 'start_key', 'outbox'];
    const everything = () => Promise.all(tables.map((table) => select(`select * from ${table} order by 1, 2`)));
    const untouched = await everything();
    const losers = batch(
      start(newRunId(), { key: startKey('r-1', 'another') }),
      { ...start(taken, { key: startKey('r-2') }), checkAtMs: 0 },
      ending(step(begun, 3), { status: 'FAILED' }),
      { ...step(other, 3), checkAtMs: 0 },
    );
    assert.deepEqual(await store.commit(losers), new Set());
    assert.deepEqual(await everything(), untouched);
  });
});

describe('R3 one statement a commit', () => {
  test('R3 bodies travel as one binary parameter, not as an array of them', () => {
    const transitions = [start(newRunId()), step(newRunId(), 3), ending(step(newRunId(), 4))];
    const values: readonly unknown[] = commitQuery(batch(...transitions)).values;
    const binary = values.filter((value) => value instanceof Uint8Array);
    assert.equal(binary.length, 1);
    assert.deepEqual(binary[0], Buffer.concat(transitions.map(({ body }) => body)));
    assert.ok(values.every((value) => !Array.isArray(value) || value.every((it) => !(it instanceof Uint8Array))));
  });
});

describe('R5 the outbox', () => {
  test('R5 an outbox row holds keys and no bodies', async () => {
    const [small, large] = [
      batch(start(newRunId())),
      batch({ ...start(newRunId()), body: Buffer.alloc(100_000, 'x') }),
    ];
    await store.commit(small);
    await store.commit(large);
    const rows = await select<{ bytes: number }>('select pg_column_size(o.*) as bytes from outbox o');
    assert.equal(rows.length, 2);
    assert.equal(new Set(rows.map(({ bytes }) => bytes)).size, 1, 'whatever the size of the body');
    assert.ok(rows.every(({ bytes }) => bytes < 200));
  });

  test('R5 relays take different rows, and none waits for another', async () => {
    const [first, second] = [batch(start(newRunId())), batch(start(newRunId()))];
    await store.commit(first);
    await store.commit(second);
    // Whoever waited for a lock would be told so at once.
    const impatient = createPool(`${database.url}?options=-c%20lock_timeout%3D1ms%20-c%20search_path%3Dscheduler`, {
      max: 1,
      applicationName: 'rules-test',
    });
    const other = await database.pool.connect();
    try {
      await other.query('begin');
      await other.query('select from outbox where batch_id = $1 for update', [first.commitId]);
      const taken = await postgresRunStore(impatient).staleOutbox(0, 10);
      assert.deepEqual(
        taken.map(({ batchId }) => batchId),
        [second.commitId],
      );
    } finally {
      await other.query('rollback');
      other.release();
      await impatient.end();
    }
  });
});

describe('R6 no update a transition', () => {
  test('R6 a run of many transitions updates its row once, at its end', async () => {
    await database.pool.query(`
      create table written (operation text not null);
      create function note_write() returns trigger language plpgsql as
        $$ begin insert into scheduler.written values (tg_op); return null; end $$;
      create trigger note_write after insert or update or delete on run for each row execute function note_write()`);
    try {
      const runId = newRunId();
      await store.commit(batch(start(runId)));
      for (let seq = 3; seq < 13; seq += 1) await store.commit(batch(step(runId, seq)));
      await store.commit(batch(ending(step(runId, 13))));
      const written = await select<{ operation: string }>('select operation from written');
      assert.deepEqual(
        written.map(({ operation }) => operation),
        ['INSERT', 'UPDATE'],
      );
    } finally {
      await database.pool.query('drop trigger note_write on run; drop function note_write; drop table written');
    }
  });

  test('R6 an open run has a time at which somebody looks at it: the schema refuses one without', async () => {
    const runId = newRunId();
    await store.commit(batch(start(runId)));
    await assert.rejects(database.pool.query('update run set check_at = null'), /violates check constraint/);
    await store.postpone([runId], DAY_MS);
    assert.deepEqual(await store.openRuns(undefined, 10), [runId], 'adoption finds it all the same');
  });
});

describe('R13 idle costs nothing', () => {
  test('R13 looking for what is due reads the due rows of one index, not the open runs', async () => {
    const due = newRunId();
    await store.commit(batch(start(due, { checkAtMs: Date.now() - HOUR_MS })));
    await store.commit(batch(...Array.from({ length: 2000 }, () => start(newRunId()))));
    await database.pool.query('analyze run');
    const pool = createPool(database.url, { max: 1, applicationName: 'rules-test', schema: 'scheduler' });
    try {
      assert.deepEqual(await postgresRunStore(pool).dueRuns(500, ALL_SHARDS), [due]);
      const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `explain (analyze, format json) execute "due-runs" (500, '{${ALL_SHARDS.join(',')}}')`,
      );
      const scans = [...nodesOf(rows[0]?.['QUERY PLAN'][0].Plan)].filter((node) => node['Node Type'].includes('Scan'));
      assert.ok(scans.some((node) => node['Index Name'] === 'run_open' && node['Index Cond']?.includes('check_at')));
      for (const scan of scans) assert.deepEqual([scan['Actual Rows'], scan['Rows Removed by Filter'] ?? 0], [1, 0]);
    } finally {
      await pool.end();
    }
  });

  test('R13 looking for runs to delete reads a few rows, however many are kept and were deleted', async () => {
    await database.pool.query(
      `insert into run (run_id, namespace, workflow_id, workflow_version, status, created_at, ended_at, labels,
        session_id, pruned_seq)
      select gen_random_uuid(), 'ns-' || i % 2, 'w', 1, 'DONE', now(), now() - interval '20 days', '{}', '', 3
      from generate_series(1, 4000) i`,
    );
    await database.pool.query(
      `insert into run_deletion (run_id, namespace, has_children, confirmed_at)
      select gen_random_uuid(), 'ns-1', false, now() from generate_series(1, 4000)`,
    );
    await database.pool.query('analyze');
    const pool = createPool(database.url, { max: 1, applicationName: 'rules-test', schema: 'scheduler' });
    try {
      assert.equal(await postgresRunRetention(pool).deleteExpired(30 * DAY_MS, 100), 0);
      const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `explain (analyze, format json) execute "delete-expired" (${30 * DAY_MS}, 100)`,
      );
      let read = 0;
      for (const node of nodesOf(rows[0]?.['QUERY PLAN'][0].Plan)) {
        if (!node['Node Type'].includes('Scan')) continue;
        read += (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1);
      }
      assert.ok(read < 50, `${read} rows are read`);
    } finally {
      await pool.end();
    }
  });
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

function* nodesOf(node: PlanNode | undefined): Generator<PlanNode> {
  if (node === undefined) return;
  yield node;
  for (const child of node.Plans ?? []) yield* nodesOf(child);
}
