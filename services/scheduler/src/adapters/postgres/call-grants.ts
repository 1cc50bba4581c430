/**
 * Slots for calls of agents with a limit: the statements. As with runs, the second statement of a grant sees what others
 * did before the first had its lock.
 */
import { withTransaction, type Pool } from '@skein/postgres';
import type { CallGrants, CallSlot, LimitKey } from '../../app/limits/limit-store.ts';
import { CALL_SLOT_CHANNEL } from './channels.ts';

const LOCK = 'select from limit_key where namespace = $1 and key = $2 for update';

const ASKED = `asked as (
  select * from unnest($3::uuid[], $4::text[], $5::int[]) with ordinality as x (run_id, node_id, attempt, place)
)`;

/** Those that had a slot, and the first of the others, as many as there is room and tokens for. */
const TAKE = `
with ${ASKED}, had as (
  select a.place from asked a join call_slot using (run_id, node_id, attempt)
), now as (
  select n.*, greatest(0, least(coalesce(n.max_concurrency - n.holder_count, 1e6), case
    when n.rate_limit is null then 1e6 else floor(n.tokens) end))::int as room
  from limit_now n where n.namespace = $1 and n.key = $2
), taken as (
  insert into call_slot (namespace, key, run_id, node_id, attempt)
  select $1, $2, run_id, node_id, attempt from asked where place not in (select place from had)
  order by place limit (select room from now)
  returning run_id, node_id, attempt
), spent as (
  update limit_key k set tokens = n.tokens - (select count(*) from taken), refilled_at = statement_timestamp()
  from now n where k.namespace = $1 and k.key = $2 and n.rate_limit is not null and exists (select from taken)
)
select place::int - 1 as place from had
union all
select a.place::int - 1 from asked a join taken using (run_id, node_id, attempt)
order by 1`;

const LATER = `
select greatest(1, ceil((1 - tokens) * rate_ms / rate_limit))::float8 as after_ms
from limit_now where namespace = $1 and key = $2 and has_slot and not has_token`;

const RELEASE = `
with ${ASKED}, gone as (
  delete from call_slot c using asked a
  where c.run_id = a.run_id and c.node_id = a.node_id and c.attempt = a.attempt and c.namespace = $1 and c.key = $2
  returning c.run_id
)
select pg_notify('${CALL_SLOT_CHANNEL}', json_build_array($1::text, $2::text)::text) where exists (select from gone)`;

/** LimitStore.takeCalls. */
export async function takeCalls(pool: Pool, limit: LimitKey, slots: readonly CallSlot[]): Promise<CallGrants> {
  const name = [limit.namespace, limit.key];
  return withTransaction(pool, async (client) => {
    const { rowCount } = await client.query(LOCK, name);
    if (rowCount === 0) return { granted: [...slots.keys()], afterMs: undefined };
    const { rows } = await client.query<{ place: number }>(TAKE, [...name, ...columns(slots)]);
    const granted = rows.map(({ place }) => place);
    if (granted.length === slots.length) return { granted, afterMs: undefined };
    const later = await client.query<{ after_ms: number }>(LATER, name);
    return { granted, afterMs: later.rows[0]?.after_ms };
  });
}

/** LimitStore.releaseCalls. */
export async function releaseCalls(pool: Pool, limit: LimitKey, slots: readonly CallSlot[]): Promise<void> {
  await pool.query(RELEASE, [limit.namespace, limit.key, ...columns(slots)]);
}

function columns(slots: readonly CallSlot[]): readonly [string[], string[], number[]] {
  return [slots.map(({ runId }) => runId), slots.map(({ nodeId }) => nodeId), slots.map(({ attempt }) => attempt)];
}
