import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';

const KEY_ORPHAN = `not exists (select from run where run.run_id = start_key.run_id)`;
const LEFTOVER = `e.first_seq > 1 and exists (
  select from run where run.run_id = e.run_id and run.pruned_seq > 0)`;
const APPROVAL_ORPHAN = `approval.status = 'OPEN' and not exists (
  select from run where run.run_id = approval.run_id and run.ended_at is null)`;
const FROM_BACKUP = 'restore the database from a backup; what event-log has is read with `skein runs export`';

/** The rows of a run belong together: its own, its history, its key, and what is left after pruning. */
export function rowChecks(pool: Pool): AuditCheck[] {
  return [
    {
      code: 'RUN_WITHOUT_HISTORY',
      severity: 'problem',
      message: 'runs have no first event: they can neither go on nor be shown',
      remedy: FROM_BACKUP,
      find: () =>
        findDefects(
          pool,
          `select run_id::text as sample from run where not exists (
             select from run_event e where e.run_id = run.run_id and e.first_seq = 1)`,
        ),
    },
    {
      code: 'HISTORY_WITHOUT_RUN',
      severity: 'problem',
      message: 'there are events of runs that are not listed: nobody goes on with them',
      remedy: FROM_BACKUP,
      find: () =>
        findDefects(
          pool,
          `select distinct run_id::text as sample from run_event e
           where not exists (select from run where run.run_id = e.run_id)
             and not exists (select from run_deletion d where d.run_id = e.run_id)`,
        ),
    },
    {
      code: 'HISTORY_GAP',
      severity: 'problem',
      message: 'histories have a gap: these runs cannot be folded',
      remedy: FROM_BACKUP,
      find: () =>
        findDefects(
          pool,
          `select distinct run_id::text as sample from (
             select run_id, first_seq, lag(first_seq + event_count, 1, 1) over (partition by run_id order by first_seq)
               as expected_seq
             from run join run_event using (run_id) where pruned_seq is null) as history
           where first_seq <> expected_seq and first_seq > 1`,
        ),
    },
    {
      code: 'PRUNED_LEFTOVER',
      severity: 'warning',
      message: 'events of pruned runs are still here: nobody reads them',
      remedy: '`skein doctor --repair` deletes them',
      find: () => findDefects(pool, `select distinct run_id::text as sample from run_event e where ${LEFTOVER}`),
      async mend() {
        const { rows } = await pool.query<{ runs: number }>(
          `with gone as (delete from run_event e where ${LEFTOVER} returning run_id)
           select count(distinct run_id)::int as runs from gone`,
        );
        return rows[0]?.runs ?? 0;
      },
    },
    {
      code: 'APPROVAL_ORPHAN',
      severity: 'warning',
      message: 'people are asked for decisions that no open run waits for',
      remedy: '`skein doctor --repair` takes the questions back',
      find: () =>
        findDefects(pool, `select run_id::text || ' ' || node_id as sample from approval where ${APPROVAL_ORPHAN}`),
      async mend() {
        const { rowCount } = await pool.query(
          `update approval set status = 'CANCELLED', decided_at = now() where ${APPROVAL_ORPHAN}`,
        );
        return rowCount ?? 0;
      },
    },
    {
      code: 'START_KEY_ORPHAN',
      severity: 'warning',
      message: 'start keys name runs that are not there: a repeated start would find nothing',
      remedy: '`skein doctor --repair` deletes them, so that the start can be made again',
      find: () =>
        findDefects(pool, `select namespace || '/' || request_id as sample from start_key where ${KEY_ORPHAN}`),
      async mend() {
        const { rowCount } = await pool.query(`delete from start_key where ${KEY_ORPHAN}`);
        return rowCount ?? 0;
      },
    },
  ];
}
