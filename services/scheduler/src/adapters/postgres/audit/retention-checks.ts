import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';
import { deleteExpiredRuns, type RunRetention } from '../../../app/retention/run-retention.ts';

/** What deletes runs, and what it goes by. */
export interface RetentionAudit {
  readonly retention: RunRetention;
  /** What counts where a namespace does not say, in milliseconds. */
  readonly runRetentionMs: number;
}

/** The rounds come every ten seconds; pruning goes before them, an hour after the end or when event-log is back. */
const OVERDUE = `interval '1 day'`;
/** Event-log asks every two seconds. */
const UNCONFIRMED = `interval '10 minutes'`;

const OVERDUE_RUNS = `
select r.run_id::text as sample from run r left join namespace n on n.namespace = r.namespace
where r.ended_at < now() - ${OVERDUE} - case when n.keeps_forever then null
    else coalesce(n.run_retention_ms, $1::bigint) end * interval '1 millisecond'
  and (r.parent_run_id is null or not exists (select from run p where p.run_id = r.parent_run_id))`;

const ORPHAN = `not exists (select from run where run.run_id = payload.run_id)`;

/** What is to be forgotten is forgotten, here and in event-log, and what is kept is whole. */
export function retentionChecks(pool: Pool, { retention, runRetentionMs }: RetentionAudit): AuditCheck[] {
  return [
    {
      code: 'RETENTION_OVERDUE',
      severity: 'warning',
      message: 'runs should have been deleted for a day or more, by what their namespaces say',
      remedy:
        '`skein doctor --repair` deletes those that may go; others wait for open child runs, or for event-log to confirm them',
      find: () => findDefects(pool, OVERDUE_RUNS, [runRetentionMs]),
      mend: () => deleteExpiredRuns(retention, runRetentionMs),
    },
    {
      code: 'DELETION_UNCONFIRMED',
      severity: 'problem',
      message: 'event-log has not confirmed for ten minutes that it deleted runs which were deleted here',
      remedy: 'see whether event-log runs; it asks for them until it has deleted them',
      find: () =>
        findDefects(
          pool,
          `select run_id::text as sample from run_deletion
           where confirmed_at is null and deleted_at < now() - ${UNCONFIRMED}`,
        ),
    },
    {
      code: 'PAYLOAD_ORPHAN',
      severity: 'warning',
      message: 'there are large payloads of runs that are gone',
      remedy: '`skein doctor --repair` deletes them',
      find: () => findDefects(pool, `select distinct run_id::text as sample from payload where ${ORPHAN}`),
      async mend() {
        const { rows } = await pool.query<{ runs: number }>(
          `with gone as (delete from payload where ${ORPHAN} returning run_id)
           select count(distinct run_id)::int as runs from gone`,
        );
        return rows[0]?.runs ?? 0;
      },
    },
  ];
}
