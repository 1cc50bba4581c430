import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseFilter } from '../../domain/filter/parse-filter.ts';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { countQuery, listQuery } from './run-selection.ts';

const cleanup = new AsyncDisposableStack();
let database: SchedulerDatabase;

/** Mostly runs that are done and have no attributes, as it is everywhere. */
const FILL = `
insert into run (run_id, namespace, workflow_id, workflow_version, status, created_at, ended_at, check_at, labels,
  session_id, failure_code, search_attributes)
select ('01a1fcd3-853f-7648-a691-' || lpad(to_hex(i), 12, '0'))::uuid, 'default', 'w' || i % 20, 1,
  case when i % 500 = 0 then 'FAILED' when i % 400 = 0 then 'WAITING' else 'DONE' end,
  timestamptz '2026-05-01Z' + i * interval '1 second',
  case when i % 500 = 0 or i % 400 <> 0 then timestamptz '2026-05-01Z' + (i + i % 60) * interval '1 second' end,
  case when i % 500 <> 0 and i % 400 = 0 then now() end,
  case when i % 10 = 0 then jsonb_build_object('team', 't' || i % 1000) else '{}' end,
  case when i % 10 = 0 then 's-' || i % 1000 else '' end,
  case when i % 500 = 0 then 'CODE_' || i % 7 end,
  case when i % 10 = 0 then jsonb_build_object('customer', 'c' || i % 1000, 'tags', jsonb_build_array('g' || i % 1000))
    else '{}' end
from generate_series(1, 40000) as i`;

before(async () => {
  database = cleanup.use(await schedulerDatabase());
  await database.pool.query(FILL);
  await database.pool.query('analyze run');
});

after(() => cleanup.disposeAsync());

const EXPECTED: readonly (readonly [filter: string, index: RegExp])[] = [
  [`attr.customer = 'c70'`, /run_by_attributes/],
  [`attr.tags in ('g70', 'g80')`, /run_by_attributes/],
  [`attr.customer = 'c70' and state = DONE and not attr.tags = 'g1'`, /run_by_attributes/],
  [`labels.team = 't70'`, /run_by_labels/],
  [`labels.team in ('t70', 't80') and attr.customer != 'c80'`, /run_by_labels/],
  [`state = FAILED`, /run_by_status/],
  [`state in (FAILED, CANCELLED, TERMINATED)`, /run_by_status/],
  [`state = WAITING`, /run_by_status|run_open/],
  [`state = RUNNING`, /run_open/],
  [`failure_code = 'CODE_3'`, /run_by_failure/],
  [`session_id = 's-70'`, /run_by_session/],
  [`workflow_id = 'w3'`, /run_by_workflow/],
  [`run_id = '01a1fcd3-853f-7648-a691-000000000007'`, /run_pkey|run_by_namespace/],
  [`created_at >= '2026-05-01T03:00:00Z' and created_at < '2026-05-01T03:05:00Z'`, /run_by_times/],
  [`created_at < '2026-05-01T00:05:00Z'`, /run_by_times/],
  [`ended_at > '2026-05-01T05:00:00Z' and ended_at <= '2026-05-01T05:05:00Z' and state = DONE`, /run_by_times/],
  [`parent_run_id = '01a1fcd3-853f-7648-a691-000000000007'`, /run_by_parent/],
];

for (const [source, index] of EXPECTED) {
  test(`an index finds: ${source}`, async () => {
    const filter = parseFilter(source);
    const includeChildren = source.startsWith('parent_run_id');
    const plan = await planOf(countQuery({ namespace: 'default', filter, includeChildren }, undefined));
    assert.match(plan, index);
    assert.doesNotMatch(plan, /Seq Scan/);
  });
}

test('a list of runs of a time long past does not begin at the newest run', async () => {
  const filter = parseFilter(`created_at < '2026-05-01T00:05:00Z'`);
  const any = { namespace: 'default', workflowId: undefined, statuses: [], labels: {}, parentRunId: undefined };
  const query = { ...any, includeChildren: false, beforeRunId: undefined, limit: 1000, filter };
  assert.match(await planOf(listQuery(query, 'run_id')), /run_by_times/);
});

test('a list without a filter reads no more than its page', async () => {
  const any = { namespace: 'default', workflowId: undefined, statuses: [], labels: {}, parentRunId: undefined };
  const query = { ...any, includeChildren: false, beforeRunId: undefined, limit: 50, filter: undefined };
  const plan = await planOf(listQuery(query, 'run_id'));
  assert.match(plan, /run_by_namespace|run_pkey/);
  assert.doesNotMatch(plan, /Sort|Seq Scan/);
});

async function planOf({
  text,
  values,
}: {
  readonly text: string;
  readonly values: readonly unknown[];
}): Promise<string> {
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [...values]);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
