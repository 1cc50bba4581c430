import type { SearchAttribute } from '@skein/domain';
import type { Pool } from 'pg';
import {
  MAX_RUN_GROUPS,
  type RunCounts,
  type RunGrouping,
  type RunQuery,
  type RunSelection,
} from '../../app/run-store.ts';
import { filterSql, type Bind } from './filter-sql.ts';

/** The statement that lists runs, newest first. */
export function listQuery(query: RunQuery, columns: string) {
  const values: unknown[] = [query.namespace];
  const where = ['namespace = $1'];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const filter = (condition: (placeholder: string) => string, value: unknown) => where.push(condition(bind(value)));
  if (query.parentRunId !== undefined) filter((at) => `parent_run_id = ${at}::uuid`, query.parentRunId);
  else if (!query.includeChildren) where.push('parent_run_id is null');
  if (query.workflowId !== undefined) filter((at) => `workflow_id = ${at}`, query.workflowId);
  if (query.statuses.length > 0) filter((at) => `status = any(${at}::text[])`, query.statuses);
  if (Object.keys(query.labels).length > 0)
    filter((at) => `labels <> '{}' and labels @> ${at}::jsonb`, JSON.stringify(query.labels));
  if (query.beforeRunId !== undefined) filter((at) => `run_id < ${at}::uuid`, query.beforeRunId);
  if (query.filter !== undefined) where.push(filterSql(query.filter, bind));
  const text = `select ${columns} from run where ${where.join(' and ')} order by run_id desc limit ${bind(query.limit)}`;
  return { text, values };
}

/** The statement that counts runs. */
export function countQuery(selection: RunSelection, groupBy: RunGrouping | undefined) {
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const where = whereSql(selection, bind);
  if (groupBy === undefined) return { text: `select null as value, count(*) as total from run where ${where}`, values };
  const text = `select ${groupSql(groupBy, bind)} as value, count(*) as runs, sum(count(*)) over () as total
    from run where ${where} group by 1 order by 2 desc, 1 limit ${MAX_RUN_GROUPS}`;
  return { text, values };
}

/** RunStore.countRuns. */
export async function countRuns(
  pool: Pool,
  selection: RunSelection,
  groupBy: RunGrouping | undefined,
): Promise<RunCounts> {
  const { rows } = await pool.query<CountColumns>(countQuery(selection, groupBy));
  const count = Number(rows[0]?.total ?? 0);
  const groups = rows.map(({ value, runs }) => ({ value: value ?? undefined, count: Number(runs) }));
  return { count, groups: groupBy === undefined ? [] : groups };
}

/** RunStore.selectRuns. */
export async function selectRuns(pool: Pool, selection: RunSelection, limit: number): Promise<readonly string[]> {
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const text = `select run_id from run where ${whereSql(selection, bind)} order by run_id limit ${bind(limit)}`;
  const { rows } = await pool.query<{ run_id: string }>(text, values);
  return rows.map((row) => row.run_id);
}

interface CountColumns {
  readonly value: SearchAttribute | null;
  readonly runs: string;
  readonly total: string;
}

function whereSql(selection: RunSelection, bind: Bind): string {
  const { namespace, includeChildren, filter, afterRunId, upToRunId } = selection;
  const where = [`namespace = ${bind(namespace)}`];
  if (!includeChildren) where.push('parent_run_id is null');
  if (afterRunId !== undefined) where.push(`run_id > ${bind(afterRunId)}::uuid`);
  if (upToRunId !== undefined) where.push(`run_id <= ${bind(upToRunId)}::uuid`);
  if (filter !== undefined) where.push(filterSql(filter, bind));
  return where.join(' and ');
}

function groupSql(groupBy: RunGrouping, bind: Bind): string {
  switch (groupBy.kind) {
    case 'state':
      return 'status';
    case 'workflow_id':
      return 'workflow_id';
    case 'attribute':
      return `search_attributes -> ${bind(groupBy.name)}::text`;
  }
}
