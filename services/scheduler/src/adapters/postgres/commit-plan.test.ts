import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPool, type Pool } from '@skein/postgres';
import type { CommitBatch } from '../../app/run-store.ts';
import { batch, ending, newRunId, start, startKey, step } from '../../testing/run-store/sample-batches.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { commitQuery } from './commit-statement.ts';
import { postgresRunStore } from './run-store.ts';

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Node Type': string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

const cleanup = new AsyncDisposableStack();
let database: SchedulerDatabase;
let pool: Pool;

before(async () => {
  database = cleanup.use(await schedulerDatabase());
  pool = createPool(database.url, { max: 1, applicationName: 'commit-plan-test', schema: 'scheduler' });
  cleanup.defer(() => pool.end());
});

after(() => cleanup.disposeAsync());

test('R3 the plan of a commit is made once a connection', async () => {
  const store = postgresRunStore(pool);
  const runId = newRunId();
  await store.commit(batch(start(runId, { key: startKey('r-1') })));
  for (let seq = 3; seq < 15; seq += 1) await store.commit(batch(step(runId, seq)));
  await store.commit(batch(ending(step(runId, 15))));
  const { rows } = await pool.query(
    `select generic_plans::int as kept, custom_plans::int as made_anew from pg_prepared_statements where name = 'commit'`,
  );
  assert.deepEqual(rows, [{ kept: 14, made_anew: 0 }]);
});

test('R3 the plan of a commit reads tables by key alone, though made while they were empty', async () => {
  assert.deepEqual(await readsOf(batch(start(newRunId()))), READS);
});

test('R3 the plan of a commit with ends of child runs reads their parents by key', async () => {
  const end = ending(step(newRunId(), 3));
  const withParent = batch({ ...end, parentCheck: { runId: newRunId(), checkAtMs: Date.now() } });
  const parent = ['run_pkey by run_id', 'run_pkey by run_id'];
  assert.deepEqual(await readsOf(withParent), [...READS, ...parent], 'once to lock its row, once to change it');
});

/** What every commit looks up: run rows for transitions that are not the first, for ends, and for open runs. */
const READS = [
  'outbox_pkey by batch_id',
  'run_event_pkey by run_id, first_seq',
  'run_pkey by run_id',
  'run_pkey by run_id',
  'run_pkey by run_id',
];

/** How the plan that is kept for a commit, made while all tables are empty, reads them. */
async function readsOf(commit: CommitBatch): Promise<readonly string[]> {
  await database.empty();
  const { text, values } = commitQuery(commit);
  await pool.query('deallocate all');
  await pool.query(`prepare hot as ${text}`);
  const nulls = values.map(() => 'null').join(', ');
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (format json) execute hot (${nulls})`,
  );
  const root = rows[0]?.['QUERY PLAN'][0].Plan;
  assert.ok(root);
  const reads = [...nodesOf(root)].filter((node) => node['Node Type'].includes('Scan') && isOfTable(node));
  return reads.map(describeRead).toSorted();
}

function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.Plans ?? []) yield* nodesOf(child);
}

/** A bitmap of an index is read by the heap scan above it, which names the table but not the condition. */
function isOfTable(node: PlanNode): boolean {
  if (node['Node Type'] === 'Bitmap Heap Scan') return false;
  return node['Relation Name'] !== undefined || node['Index Name'] !== undefined;
}

function describeRead(node: PlanNode): string {
  const condition = node['Index Cond'] ?? 'nothing';
  const columns = ['batch_id', 'run_id', 'first_seq', 'check_at'].filter((name) => condition.includes(`${name} =`));
  return `${node['Index Name'] ?? node['Relation Name']} by ${columns.join(', ')}`;
}
