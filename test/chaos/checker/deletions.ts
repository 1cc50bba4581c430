/** What is left of runs that were deleted, in every table that has rows of runs. */
import type { Pool } from '@skein/postgres';

/** A run that was deleted, by the scheduler's own list. */
export interface DeletedRun {
  readonly runId: string;
  /** Whether event-log has confirmed that it has deleted its part. */
  readonly isConfirmed: boolean;
  /** Where there is something left of it, such as `event_log.run_event`; empty: it is gone. */
  readonly leftIn: readonly string[];
}

/** Tables with rows of runs, but for those that say that a run was deleted. */
const TABLES = [
  'scheduler.run',
  'scheduler.start_key',
  'scheduler.approval',
  'scheduler.payload',
  'scheduler.limit_holder',
  'scheduler.limit_waiter',
  'scheduler.call_slot',
  'scheduler.called_run',
  'event_log.run_event',
  'event_log.task_event',
  'event_log.message',
];

/** The id of a deleted run is kept by its first row, which is empty. */
const EVENTS = `select run_id, 'scheduler.run_event' as place from scheduler.run_event
  where first_seq > 1 or octet_length(body) > 0`;
const ROWS = [EVENTS, ...TABLES.map((table) => `select run_id, '${table}' as place from ${table}`)].join(' union all ');

interface Columns {
  readonly run_id: string;
  readonly is_confirmed: boolean;
  readonly left_in: readonly string[];
}

/** Child runs whose parent is deleted; they follow it. */
export async function orphanedRuns(sql: Pool, namespace: string): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count from scheduler.run r
      where namespace = $1 and exists (select from scheduler.run_deletion d where d.run_id = r.parent_run_id)`,
    [namespace],
  );
  return rows[0]?.count ?? 0;
}

/** Every deleted run of a namespace; undefined: of all. */
export async function deletedRuns(sql: Pool, namespace?: string): Promise<readonly DeletedRun[]> {
  const { rows } = await sql.query<Columns>(
    `select d.run_id, d.confirmed_at is not null as is_confirmed,
        array(select distinct place from (${ROWS}) as stored where stored.run_id = d.run_id order by 1) as left_in
      from scheduler.run_deletion d where namespace = coalesce($1, namespace)`,
    [namespace ?? null],
  );
  return rows.map((row) => ({ runId: row.run_id, isConfirmed: row.is_confirmed, leftIn: row.left_in }));
}
