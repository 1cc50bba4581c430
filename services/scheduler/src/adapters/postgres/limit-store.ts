import { withTransaction, type Pool } from '@skein/postgres';
import { type LimitFigures, type LimitKey, type LimitState, type LimitStore } from '../../app/limits/limit-store.ts';
import { LIMIT_CHANNEL } from './channels.ts';
import { NO_FIGURES } from '../../app/limits/limit-store.ts';
import { releaseCalls, takeCalls } from './call-grants.ts';
import { grantNext, requestSlots } from './limit-grants.ts';

const MAX_FOUND = 500;

const STATE = `
select n.namespace, n.key, k.operator_max, k.operator_rate, k.operator_rate_ms, n.max_concurrency, n.rate_limit,
  n.rate_ms, n.holder_count::int as holder_count,
  (select count(*) from limit_waiter w where w.namespace = n.namespace and w.key = n.key)::int as waiter_count
from limit_now n join limit_key k using (namespace, key)`;

/** Rows change under the lock of their limits, as everywhere. */
const LOCK_OF_RUNS = `
select key from limit_key where (namespace, key) in (
  select namespace, key from limit_holder where run_id = any($1::uuid[])
  union select namespace, key from limit_waiter where run_id = any($1::uuid[]))
order by namespace, key for update`;

const RELEASE = `
with h as (delete from limit_holder where run_id = any($1::uuid[]) returning namespace, key),
  w as (delete from limit_waiter where run_id = any($1::uuid[]) returning namespace, key)
select namespace, key from h union select namespace, key from w order by namespace, key`;

const IS_MINE = 'get_byte(uuid_send(r.run_id), 15) = any($1::int[])';

/** By an operator, or by what an agent is registered with. */
const IMPOSED = `(k.operator_max is not null or k.operator_rate is not null
  or k.key like 'agent/%' and (k.workflow_max is not null or k.workflow_rate is not null))`;

/** One statement a round, whatever there is to find. */
const AUDIT = `
(select 'admit' as what, h.run_id::text as run_id, '' as namespace, '' as key, '' as node_id, 0 as attempt
  from run r join limit_holder h using (run_id) where r.status = 'CREATED' and ${IS_MINE} limit ${MAX_FOUND})
union
(select 'ask', r.run_id::text, '', '', '', 0 from run r where r.status = 'CREATED' and ${IS_MINE}
  and not exists (select from limit_holder h where h.run_id = r.run_id)
  and not exists (select from limit_waiter w where w.run_id = r.run_id) limit ${MAX_FOUND})
union
(select 'release', run_id::text, '', '', '', 0 from (select run_id from limit_holder union select run_id from limit_waiter) x
  where exists (select from run r where r.run_id = x.run_id and r.ended_at is not null) limit ${MAX_FOUND})
union
(select 'grant', '', n.namespace, n.key, '', 0 from limit_now n where n.has_slot and n.has_token
  and exists (select from limit_waiter w where w.namespace = n.namespace and w.key = n.key) limit ${MAX_FOUND})
union all
(select 'imposed', '', namespace, key, '', 0 from limit_key k where ${IMPOSED})
union all
(select 'waiting', count(distinct run_id)::text, '', '', '', 0 from limit_waiter)
union all
(select 'call', r.run_id::text, r.namespace, r.key, r.node_id, r.attempt from call_slot r where ${IS_MINE}
  order by r.granted_at limit ${MAX_FOUND})`;

const UNUSED = `not ${IMPOSED}
  and (k.refilled_at is null or k.refilled_at < now() - coalesce(k.workflow_rate_ms, 0) * interval '1 millisecond')
  and not exists (select from limit_holder h where h.namespace = k.namespace and h.key = k.key)
  and not exists (select from call_slot c where c.namespace = k.namespace and c.key = k.key)
  and not exists (select from limit_waiter w where w.namespace = k.namespace and w.key = k.key)`;

const FORGET_TURNS = `
delete from limit_turn t where not exists (
  select from limit_waiter w where w.namespace = t.namespace and w.key = t.key and w.priority = t.priority)`;

const PLACE = `
select w.namespace, w.key, (select count(*) from limit_waiter a where a.namespace = w.namespace and a.key = w.key
    and (a.priority, a.start_tag, a.arrival) < (w.priority, w.start_tag, w.arrival))::int + 1 as place
from limit_waiter w join limit_now n using (namespace, key) where w.run_id = $1
order by (n.has_slot and n.has_token), w.key limit 1`;

const SET = `
insert into limit_key (namespace, key, operator_max, operator_rate, operator_rate_ms) values ($1, $2, $3, $4, $5)
on conflict (namespace, key) do update set operator_max = excluded.operator_max, operator_rate = excluded.operator_rate,
  operator_rate_ms = excluded.operator_rate_ms
returning pg_notify('${LIMIT_CHANNEL}', '')`;

/** Nothing is written, and nobody told, where it is so already. */
const DEFINE = `
with x as (select $3::int as max, $4::int as rate, $5::bigint as rate_ms), changed as (
  insert into limit_key as k (namespace, key, workflow_max, workflow_rate, workflow_rate_ms)
  select $1, $2, max, rate, rate_ms from x
  where max is not null or rate is not null or exists (select from limit_key where namespace = $1 and key = $2)
  on conflict (namespace, key) do update set workflow_max = excluded.workflow_max,
    workflow_rate = excluded.workflow_rate, workflow_rate_ms = excluded.workflow_rate_ms
  where (k.workflow_max, k.workflow_rate, k.workflow_rate_ms) is distinct from
    (excluded.workflow_max, excluded.workflow_rate, excluded.workflow_rate_ms)
  returning 1
)
select pg_notify('${LIMIT_CHANNEL}', '') where exists (select from changed)`;

const DEFINED = `
select namespace, key from limit_key
where key like 'agent/%' and (workflow_max is not null or workflow_rate is not null)`;

const UNSET = `
update limit_key set operator_max = null, operator_rate = null, operator_rate_ms = null
where namespace = $1 and key = $2 and (operator_max is not null or operator_rate is not null)
returning pg_notify('${LIMIT_CHANNEL}', '')`;

/** Limits in Postgres. The pool's connections find the schema `scheduler` in their search path. */
export function postgresLimitStore(pool: Pool): LimitStore {
  return {
    request: (request) => requestSlots(pool, request),
    grantNext: (keys) => grantNext(pool, keys),

    async release(runIds) {
      const freed = await withTransaction(pool, async (client) => {
        await client.query(LOCK_OF_RUNS, [runIds]);
        return (await client.query<LimitKey>(RELEASE, [runIds])).rows;
      });
      return grantNext(pool, freed);
    },

    takeCalls: (limit, slots) => takeCalls(pool, limit, slots),
    releaseCalls: (limit, slots) => releaseCalls(pool, limit, slots),

    async audit(shards) {
      const { rows } = await pool.query<AuditRow>({ name: 'audit-limits', text: AUDIT, values: [shards] });
      const found = (wanted: string) => rows.filter(({ what }) => what === wanted);
      return {
        toAdmit: found('admit').map(({ run_id: runId }) => runId),
        toAsk: found('ask').map(({ run_id: runId }) => runId),
        toRelease: found('release').map(({ run_id: runId }) => runId),
        toGrant: found('grant').map(({ namespace, key }) => ({ namespace, key })),
        imposed: found('imposed').map(({ namespace, key }) => ({ namespace, key })),
        callSlots: found('call').map(({ run_id: runId, namespace, key, node_id: nodeId, attempt }) => {
          return { limit: { namespace, key }, runId, nodeId, attempt };
        }),
        waiting: Number(found('waiting')[0]?.run_id ?? 0),
      };
    },

    async forgetUnused() {
      await pool.query(FORGET_TURNS);
      return withTransaction(pool, async (client) => {
        // What was asked for while this waited for the lock is seen by the second statement only.
        const { rows } = await client.query<LimitKey>(
          `select namespace, key from limit_key k where ${UNUSED} order by namespace, key limit ${MAX_FOUND}
            for update skip locked`,
        );
        const names = [rows.map(({ namespace }) => namespace), rows.map(({ key }) => key)];
        const { rowCount } = await client.query(
          `delete from limit_key k using unnest($1::text[], $2::text[]) as x (namespace, key)
            where k.namespace = x.namespace and k.key = x.key and ${UNUSED}`,
          names,
        );
        return rowCount ?? 0;
      });
    },

    async placeOf(runId) {
      const { rows } = await pool.query<LimitKey & { place: number }>(PLACE, [runId]);
      const [row] = rows;
      const limit = row && (await this.limit(row));
      return limit && { limit, place: row.place };
    },

    async setLimit({ namespace, key }, { maxConcurrency, rate }) {
      await pool.query(SET, [namespace, key, maxConcurrency ?? null, rate?.limit ?? null, rate?.perMs ?? null]);
    },

    async deleteLimit({ namespace, key }) {
      return ((await pool.query(UNSET, [namespace, key])).rowCount ?? 0) > 0;
    },

    async limit({ namespace, key }) {
      const text = `${STATE} where n.namespace = $1 and n.key = $2`;
      return (await pool.query<StateRow>(text, [namespace, key])).rows.map(limitState)[0];
    },

    async listLimits(namespace, afterKey, limit) {
      const text = `${STATE} where n.namespace = $1 and n.key > $2 order by n.key limit $3`;
      return (await pool.query<StateRow>(text, [namespace, afterKey, limit])).rows.map(limitState);
    },

    async imposedKeys() {
      return (await pool.query<LimitKey>(`select namespace, key from limit_key k where ${IMPOSED}`)).rows;
    },

    async defineCalls({ namespace, key }, { maxConcurrency, rate } = NO_FIGURES) {
      await pool.query(DEFINE, [namespace, key, maxConcurrency ?? null, rate?.limit ?? null, rate?.perMs ?? null]);
    },

    async definedCalls() {
      return (await pool.query<LimitKey>(DEFINED)).rows;
    },
  };
}

interface AuditRow extends LimitKey {
  readonly what: string;
  readonly run_id: string;
  /** Of slots of calls only. */
  readonly node_id: string;
  readonly attempt: number;
}

interface StateRow extends LimitKey {
  readonly operator_max: number | null;
  readonly operator_rate: number | null;
  readonly operator_rate_ms: string | null;
  readonly max_concurrency: number | null;
  readonly rate_limit: number | null;
  readonly rate_ms: string | null;
  readonly holder_count: number;
  readonly waiter_count: number;
}

function limitState(row: StateRow): LimitState {
  return {
    namespace: row.namespace,
    key: row.key,
    operator: figures(row.operator_max, row.operator_rate, row.operator_rate_ms),
    effective: figures(row.max_concurrency, row.rate_limit, row.rate_ms),
    holderCount: row.holder_count,
    waiterCount: row.waiter_count,
  };
}

function figures(max: number | null, rate: number | null, rateMs: string | null): LimitFigures {
  const hasRate = rate !== null && rateMs !== null;
  return { maxConcurrency: max ?? undefined, rate: hasRate ? { limit: rate, perMs: Number(rateMs) } : undefined };
}
