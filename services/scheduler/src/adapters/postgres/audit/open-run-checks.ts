import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';
import { MEMBER_CHANNEL } from '../channels.ts';

/** A sweep comes every second; one that is this late does not come. */
const OVERDUE_MS = 120_000;
/** The longest duration of a definition, and a day. Only who waits for a time of its own choosing may wait longer. */
const REACH_DAYS = 366;
/** Members are seen every half second, and taken for dead within four. */
const UNSEEN_MS = 10_000;
const GONE_MS = 30_000;

const OUT_OF_REACH = `ended_at is null and status <> 'WAITING' and check_at > now() + interval '${REACH_DAYS} days'`;
const GONE = `seen_at < now() - interval '${GONE_MS} milliseconds'`;

/** Every open run is looked at: by somebody who lives, and in time. */
export function openRunChecks(pool: Pool): AuditCheck[] {
  return [
    {
      code: 'RUN_OVERDUE',
      severity: 'problem',
      message: 'open runs are due to be looked at, and nobody has for two minutes',
      remedy: 'see the logs of the schedulers: their sweep fails, or there are too few of them',
      find: () =>
        findDefects(
          pool,
          `select run_id::text as sample from run
           where ended_at is null and check_at < now() - interval '${OVERDUE_MS} milliseconds'`,
        ),
    },
    {
      code: 'RUN_OUT_OF_REACH',
      severity: 'problem',
      message: `open runs are to be looked at only in more than ${REACH_DAYS} days, later than any timer can be`,
      remedy: '`skein doctor --repair` has them looked at now',
      find: () => findDefects(pool, `select run_id::text as sample from run where ${OUT_OF_REACH}`),
      async mend() {
        const { rowCount } = await pool.query(`update run set check_at = now() where ${OUT_OF_REACH}`);
        return rowCount ?? 0;
      },
    },
    {
      code: 'RUN_WITHOUT_OWNER',
      severity: 'problem',
      message: 'there are open runs and no live scheduler: their timers do not run',
      remedy: 'start a scheduler; `skein status` says why there is none',
      find: () =>
        findDefects(
          pool,
          `select run_id::text as sample from run where ended_at is null and not exists (
             select from member where seen_at > now() - interval '${UNSEEN_MS} milliseconds')`,
        ),
    },
    {
      code: 'MEMBER_GONE',
      severity: 'problem',
      message: 'schedulers that are gone still count as live: nobody looks at their share of the runs',
      remedy: '`skein doctor --repair` shares their runs out among those that live',
      find: () => findDefects(pool, `select scheduler_id as sample from member where ${GONE}`),
      async mend() {
        const { rowCount } = await pool.query(
          `with gone as (delete from member where ${GONE} returning scheduler_id)
           select pg_notify('${MEMBER_CHANNEL}', '') from gone`,
        );
        return rowCount ?? 0;
      },
    },
  ];
}
