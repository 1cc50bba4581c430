import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';

/** The sweep comes every second; what it has left for so long it does not see. */
const LEFT_MS = 60_000;
const LONG_AGO = `now() - interval '${LEFT_MS} milliseconds'`;

const ENDED = (table: string) => `not exists (
  select from run where run.run_id = ${table}.run_id and run.ended_at is null)`;
const LEAKED = `limit_holder.granted_at < ${LONG_AGO} and ${ENDED('limit_holder')}`;
const LEFTOVER = ENDED('limit_waiter');
const OUTSIDE = `status = 'CREATED' and created_at < ${LONG_AGO}
  and not exists (select from limit_waiter w where w.run_id = run.run_id)
  and not exists (select from limit_holder h where h.run_id = run.run_id and h.granted_at > ${LONG_AGO})`;

/** Every slot is held by an open run, and whoever waits for one is in the line. */
export function limitChecks(pool: Pool): AuditCheck[] {
  const change = async (text: string) => (await pool.query(text)).rowCount ?? 0;
  return [
    {
      code: 'LIMIT_SLOT_LEAKED',
      severity: 'problem',
      message: 'slots of limits are held by runs that have ended: others wait for them in vain',
      remedy: '`skein doctor --repair` gives them back',
      find: () => findDefects(pool, `select key || ' ' || run_id as sample from limit_holder where ${LEAKED}`),
      mend: () => change(`delete from limit_holder where ${LEAKED}`),
    },
    {
      code: 'LIMIT_WAITER_LEFTOVER',
      severity: 'warning',
      message: 'runs that have ended still wait for slots of limits',
      remedy: '`skein doctor --repair` takes them out of the line',
      find: () => findDefects(pool, `select key || ' ' || run_id as sample from limit_waiter where ${LEFTOVER}`),
      mend: () => change(`delete from limit_waiter where ${LEFTOVER}`),
    },
    {
      code: 'RUN_OUT_OF_LINE',
      severity: 'problem',
      message:
        'runs wait to begin, and for a minute have stood in no line, or have not begun with the slots that they hold',
      remedy: '`skein doctor --repair` has them looked at now',
      find: () => findDefects(pool, `select run_id::text as sample from run where ${OUTSIDE}`),
      mend: () => change(`update run set check_at = now() where ${OUTSIDE}`),
    },
  ];
}
