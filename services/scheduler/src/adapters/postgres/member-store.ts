/**
 * The live schedulers in Postgres: a row each, and a session each that tells whether its scheduler is still there.
 *
 * One statement a heartbeat. That a session has ended is seen in pg_stat_activity, at once after `kill -9`.
 */
import pg from 'pg';
import { DEAD_AFTER_MS, GONE_AFTER_MS, type MemberListener, type MemberStore } from '../../app/member-store.ts';
import type { LimitKey } from '../../app/limits/limit-store.ts';
import { CALL_SLOT_CHANNEL, LIMIT_CHANNEL, MEMBER_CHANNEL, SCHEDULE_CHANNEL, WORKFLOW_CHANNEL } from './channels.ts';

const CONNECT_TIMEOUT_MS = 5000;
/** A store that takes longer is as good as away: a member that is not seen is soon dead. */
const QUERY_TIMEOUT_MS = 2000;

const SESSION_ENDED = `not exists (
  select from pg_stat_get_activity(m.backend_pid) a where a.backend_start = m.backend_start
)`;

const JOIN_SQL = `
insert into scheduler.member as m (scheduler_id, incarnation, address, history_version, backend_pid, backend_start)
select $1, $2, $3, $5, pid, backend_start from pg_stat_get_activity(pg_backend_pid())
on conflict (scheduler_id) do update set incarnation = excluded.incarnation, address = excluded.address,
  history_version = excluded.history_version,
  backend_pid = excluded.backend_pid, backend_start = excluded.backend_start, seen_at = now()
where m.incarnation = $2 or m.seen_at < now() - $4 * interval '1 millisecond' or ${SESSION_ENDED}
returning (select incarnation from scheduler.member b where b.scheduler_id = $1) is not distinct from $2 as known,
  pg_notify('${MEMBER_CHANNEL}', '')`;

const HEARTBEAT_SQL = `
with dead as (
  delete from scheduler.member m
  where $3 and scheduler_id <> $1 and (
    seen_at < now() - $4 * interval '1 millisecond'
    or (seen_at < now() - $5 * interval '1 millisecond' and ${SESSION_ENDED})
  )
  returning scheduler_id
), told as (
  select pg_notify('${MEMBER_CHANNEL}', '') from dead
), me as (
  update scheduler.member set seen_at = now() where scheduler_id = $1 and incarnation = $2 returning scheduler_id
)
select scheduler_id, address, history_version, exists (select from me) as lives, (select count(*) from told) as told,
  (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
from (select null as scheduler_id, null as address, null as history_version union all
  select scheduler_id, address, history_version from scheduler.member where scheduler_id not in (select scheduler_id from dead)) as x
order by scheduler_id`;

const LEAVE_SQL = `
with gone as (
  delete from scheduler.member where scheduler_id = $1 and incarnation = $2 returning scheduler_id
)
select pg_notify('${MEMBER_CHANNEL}', '') from gone`;

interface HeartbeatRow {
  readonly scheduler_id: string | null;
  readonly address: string | null;
  readonly history_version: number | null;
  readonly lives: boolean;
  readonly now_ms: number;
}

/** Opens sessions with the database. */
export function postgresMemberStore(databaseUrl: string): MemberStore {
  return {
    async open(listener) {
      const client = await connect(databaseUrl, listener);
      return {
        async join({ schedulerId, incarnation, address, historyVersion }) {
          const values = [schedulerId, incarnation, address, DEAD_AFTER_MS, historyVersion];
          const { rows } = await client.query<{ known: boolean }>(JOIN_SQL, values);
          const [row] = rows;
          if (row === undefined) return 'taken';
          return row.known ? 'known' : 'joined';
        },

        async heartbeat({ schedulerId, incarnation }, mayJudge) {
          const { rows } = await client.query<HeartbeatRow>({
            name: 'heartbeat',
            text: HEARTBEAT_SQL,
            values: [schedulerId, incarnation, mayJudge, DEAD_AFTER_MS, GONE_AFTER_MS],
          });
          return {
            lives: rows[0]?.lives === true,
            members: rows.flatMap(({ scheduler_id: id, address, history_version: historyVersion }) =>
              id === null || address === null || historyVersion === null
                ? []
                : [{ schedulerId: id, address, historyVersion }],
            ),
            nowMs: rows[0]?.now_ms ?? Number.NaN,
          };
        },

        async leave({ schedulerId, incarnation }) {
          await client.query(LEAVE_SQL, [schedulerId, incarnation]);
        },

        close: () => client.end(),
      };
    },
  };
}

async function connect(databaseUrl: string, listener: MemberListener): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'skein-scheduler-member',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  client.on('error', () => listener.lost());
  client.on('end', () => listener.lost());
  client.on('notification', ({ channel, payload = '' }) => {
    if (channel === WORKFLOW_CHANNEL) listener.workflowChanged(payload);
    else if (channel === SCHEDULE_CHANNEL) listener.schedulesChanged();
    else if (channel === LIMIT_CHANNEL) listener.limitsChanged(payload);
    else if (channel === CALL_SLOT_CHANNEL) listener.callSlotFreed(limitOf(payload));
    else listener.membersChanged();
  });
  await client.connect();
  await client.query(`listen ${MEMBER_CHANNEL}`);
  await client.query(`listen ${WORKFLOW_CHANNEL}`);
  await client.query(`listen ${SCHEDULE_CHANNEL}`);
  await client.query(`listen ${LIMIT_CHANNEL}`);
  await client.query(`listen ${CALL_SLOT_CHANNEL}`);
  return client;
}

function limitOf(payload: string): LimitKey {
  const [namespace, key]: readonly unknown[] = JSON.parse(payload);
  return { namespace: String(namespace), key: String(key) };
}
