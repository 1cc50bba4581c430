/**
 * Who gets a slot: the statements of one grant.
 *
 * Two statements make a grant, never one: the second must see what others did before the first had its locks, and a
 * statement sees the world as it was when it began. Locks are taken in the order of the keys, so that nobody waits in a
 * circle; nobody who holds one waits for anything else.
 */
import { withTransaction, type Pool, type PoolClient } from '@skein/postgres';
import type { Grants, LimitKey, SlotRequest } from '../../app/limits/limit-store.ts';
import { LIMIT_CHANNEL } from './channels.ts';

/** Makes the rows that are missing, takes over what the definition says, and locks all. */
const LOCK_CLAIMED = `
insert into limit_key as k (namespace, key, workflow_max, workflow_rate, workflow_rate_ms, workflow_version)
select $1, x.key, x.max, x.rate, x.rate_ms, case when x.key like 'key/%' then 0 else $2::int end
from unnest($3::text[], $4::int[], $5::int[], $6::bigint[]) as x (key, max, rate, rate_ms)
order by x.key collate "C"
on conflict (namespace, key) do update set workflow_max = excluded.workflow_max, workflow_rate = excluded.workflow_rate,
  workflow_rate_ms = excluded.workflow_rate_ms, workflow_version = excluded.workflow_version
where excluded.workflow_version >= k.workflow_version
  and (k.workflow_max, k.workflow_rate, k.workflow_rate_ms, k.workflow_version) is distinct from
    (excluded.workflow_max, excluded.workflow_rate, excluded.workflow_rate_ms, excluded.workflow_version)`;

const LOOK = `
select exists (select from run where run_id = $2 and status = 'CREATED') as is_created,
  exists (select from limit_holder where run_id = $2) as holds,
  exists (select from limit_waiter where run_id = $2) as waits,
  not exists (select from limit_now n where n.namespace = $1 and n.key = any($3::text[])
      and not (n.has_slot and n.has_token))
    and not exists (select from limit_waiter w where w.namespace = $1 and w.key = any($3::text[])) as is_free`;

/** A token of each rate among the keys in `taken`. */
const SPEND = `
update limit_key k set tokens = n.tokens - 1, refilled_at = statement_timestamp()
from taken join limit_now n using (namespace, key)
where k.namespace = taken.namespace and k.key = taken.key and n.rate_limit is not null`;

const HOLD = `
with taken as (
  insert into limit_holder (namespace, key, run_id) select $1, key, $2 from unnest($3::text[]) as key
  returning namespace, key
)${SPEND}`;

/** Start-time fair queueing (Goyal, Vin and Cheng, 1997), within a priority. */
const ENQUEUE = `
with v as (
  select key, (select min(start_tag) from limit_waiter w where w.namespace = $1 and w.key = x.key and w.priority = $4) as now
  from unnest($3::text[]) as x (key)
), anew as (
  delete from limit_turn t using v
  where t.namespace = $1 and t.key = v.key and t.priority = $4 and v.now is null and t.fairness_key <> $5
), s as (
  select v.key, case when v.now is null then 0 else greatest(v.now, coalesce(t.finish_tag, 0)) end as tag
  from v left join limit_turn t on t.namespace = $1 and t.key = v.key and t.priority = $4 and t.fairness_key = $5
), turn as (
  insert into limit_turn (namespace, key, priority, fairness_key, finish_tag)
  select $1, key, $4, $5, tag + 1 / $6::float8 from s
  on conflict (namespace, key, priority, fairness_key) do update set finish_tag = excluded.finish_tag
)
insert into limit_waiter (namespace, key, run_id, priority, fairness_key, start_tag)
select $1, key, $2, $4, $5, tag from s`;

const LOCK_WANTED = `
select key from limit_key
where (namespace, key) in (select namespace, key from limit_waiter where run_id = $1)
order by key for update`;

const GRANT = `
with wanted as (
  select namespace, key from limit_waiter where run_id = $1
), taken as (
  insert into limit_holder (namespace, key, run_id) select namespace, key, $1 from wanted
  where exists (select from run where run_id = $1 and status = 'CREATED')
    and not exists (select from wanted w left join limit_now n using (namespace, key)
      where (n.has_slot and n.has_token) is not true)
  returning namespace, key
), left_line as (
  delete from limit_waiter where run_id = $1 and exists (select from taken)
), told as (
  select pg_notify('${LIMIT_CHANNEL}', $1::text) where exists (select from taken)
), spent as (${SPEND})
select (select count(*) from taken)::int as count, (select count(*) from told)`;

/** The first in line that there is room for under all its keys. */
const NEXT = `
select w.run_id from limit_waiter w
where w.namespace = $1 and w.key = $2
  and exists (select from limit_now n where n.namespace = $1 and n.key = $2 and n.has_slot and n.has_token)
  and exists (select from run r where r.run_id = w.run_id and r.status = 'CREATED')
  and not exists (select from limit_waiter o join limit_now n using (namespace, key)
    where o.run_id = w.run_id and o.key <> $2 and not (n.has_slot and n.has_token))
order by w.priority, w.start_tag, w.arrival limit 1`;

const LATER = `
select n.namespace, n.key, greatest(1, ceil((1 - n.tokens) * n.rate_ms / n.rate_limit))::float8 as after_ms
from limit_now n join unnest($1::text[], $2::text[]) as x (namespace, key) using (namespace, key)
where n.has_slot and not n.has_token
  and exists (select from limit_waiter w where w.namespace = n.namespace and w.key = n.key)
order by 3`;

/** Gives a run its slots at once where nobody waits for any of them, or puts it in line. */
export async function requestSlots(pool: Pool, request: SlotRequest): Promise<Grants> {
  const { namespace, runId, claims, workflowVersion, priority, fairnessKey, weight } = request;
  const keys = claims.map(({ key }) => key);
  const isGranted = await withTransaction(pool, async (client) => {
    await client.query(LOCK_CLAIMED, [
      namespace,
      workflowVersion,
      keys,
      claims.map(({ maxConcurrency }) => maxConcurrency ?? null),
      claims.map(({ rate }) => rate?.limit ?? null),
      claims.map(({ rate }) => rate?.perMs ?? null),
    ]);
    const { rows } = await client.query<Look>(LOOK, [namespace, runId, keys]);
    const [look] = rows;
    if (look?.is_created !== true || look.holds) return look?.holds === true;
    if (look.waits) return false;
    if (look.is_free) await client.query(HOLD, [namespace, runId, keys]);
    else await client.query(ENQUEUE, [namespace, runId, keys, priority, fairnessKey, weight]);
    return look.is_free;
  });
  if (isGranted) return { grantedRunIds: [runId], later: [] };
  return grantNext(
    pool,
    keys.map((key) => ({ namespace, key })),
  );
}

/** Gives what is free under these limits to whoever is next, as long as there is both. */
export async function grantNext(pool: Pool, keys: readonly LimitKey[]): Promise<Grants> {
  const grantedRunIds: string[] = [];
  for (const { namespace, key } of keys) {
    let misses = 0;
    while (misses < MAX_MISSES) {
      const { rows } = await pool.query<{ run_id: string }>(NEXT, [namespace, key]);
      const [next] = rows;
      if (next === undefined) break;
      const isGranted = await withTransaction(pool, (client) => grant(client, next.run_id));
      if (isGranted) grantedRunIds.push(next.run_id);
      misses = isGranted ? 0 : misses + 1;
    }
  }
  const names = [keys.map(({ namespace }) => namespace), keys.map(({ key }) => key)];
  const { rows } = await pool.query<LimitKey & { after_ms: number }>(LATER, names);
  return { grantedRunIds, later: rows.map(({ namespace, key, after_ms: afterMs }) => ({ namespace, key, afterMs })) };
}

/** Others were quicker so often that they look after this line. */
const MAX_MISSES = 3;

async function grant(client: PoolClient, runId: string): Promise<boolean> {
  await client.query(LOCK_WANTED, [runId]);
  const { rows } = await client.query<{ count: number }>(GRANT, [runId]);
  return (rows[0]?.count ?? 0) > 0;
}

interface Look {
  readonly is_created: boolean;
  readonly holds: boolean;
  readonly waits: boolean;
  readonly is_free: boolean;
}
