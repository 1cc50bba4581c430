import type { Pool } from '@skein/postgres';
import type { ObjectDeletions } from '../../../app/payloads/object-sweep.ts';
import type { DeletionOutcome, RunRetention } from '../../../app/retention/run-retention.ts';
import { DELETE_PICKED, isConfirmed, openBelow } from './run-deletion.ts';

/**
 * Idle, this reads one row of run_retained a namespace, and nothing else. A run whose parent is there waits for it (D2);
 * one with an open run below it is left out before the page is full, so that it holds nobody up.
 */
const DELETE_EXPIRED = `
with recursive holding as (
  (select namespace from run where pruned_seq is not null order by namespace limit 1)
  union all
  select (select r.namespace from run r where r.pruned_seq is not null and r.namespace > holding.namespace
    order by r.namespace limit 1)
  from holding where holding.namespace is not null
), kept as (
  select h.namespace, case when n.keeps_forever then null else coalesce(n.run_retention_ms, $1::bigint) end as age_ms
  from holding h left join namespace n on n.namespace = h.namespace
  where h.namespace is not null
), followers as materialized (
  select c.run_id from run_deletion d join run c on c.parent_run_id = d.run_id
  where d.has_children and c.ended_at is not null and ${isConfirmed('c')} and not ${openBelow('c.run_id')}
  limit $2
), expired as materialized (
  select old.run_id from kept cross join lateral (
    select r.run_id, r.ended_at from run r
    where r.namespace = kept.namespace and r.pruned_seq is not null
      and r.ended_at < now() - kept.age_ms * interval '1 millisecond'
      and (r.parent_run_id is null or not exists (select from run p where p.run_id = r.parent_run_id))
      and not ${openBelow('r.run_id')}
    order by r.ended_at limit $2
  ) old order by old.ended_at limit $2
), picked as materialized (
  select run_id from (select run_id from followers union select run_id from expired) as both_kinds limit $2
), ${DELETE_PICKED}, childless as (
  update run_deletion d set has_children = false
  where d.has_children and not exists (
    select from run c where c.parent_run_id = d.run_id and c.run_id not in (select run_id from doomed))
)
select run_id from doomed`;

const DELETE_ONE = `
with picked as materialized (select $1::uuid as run_id), ${DELETE_PICKED}
select run_id from doomed`;

const FACTS = `
select ended_at is null as is_open, ${isConfirmed('r')} as is_confirmed, ${openBelow('r.run_id')} as has_open_children,
  (select p.run_id from run p where p.run_id = r.parent_run_id) as parent_run_id
from run r where run_id = $1 and namespace = $2`;

/** What came too late to be refused goes with the deletion. */
const FORGET = `
with done as materialized (
  select run_id from run_deletion
  where confirmed_at < now() - $1 * interval '1 millisecond' and not has_children and not has_objects
  order by confirmed_at limit $2 for update skip locked
), events as (
  delete from run_event using done where run_event.run_id = done.run_id
), payloads as (
  delete from payload using done where payload.run_id = done.run_id
)
delete from run_deletion using done where run_deletion.run_id = done.run_id`;

interface Facts {
  readonly is_open: boolean;
  readonly is_confirmed: boolean;
  readonly has_open_children: boolean;
  readonly parent_run_id: string | null;
}

/** Deleting runs in Postgres. The pool's connections find the schema `scheduler` in their search path. */
export function postgresRunRetention(pool: Pool): RunRetention & ObjectDeletions {
  return {
    async deleteExpired(retentionMs, limit) {
      const { rowCount } = await pool.query({
        name: 'delete-expired',
        text: DELETE_EXPIRED,
        values: [retentionMs, limit],
      });
      return rowCount ?? 0;
    },

    async deleteRun(namespace, runId) {
      const { rows } = await pool.query<Facts>(FACTS, [runId, namespace]);
      const refusal = refusalOf(rows[0]);
      if (refusal !== undefined) return refusal;
      const { rowCount } = await pool.query(DELETE_ONE, [runId]);
      // Whoever has the row locked prunes it or deletes it: the next try tells.
      return { kind: rowCount === 1 ? 'deleted' : 'unconfirmed' };
    },

    async unconfirmed(limit) {
      const { rows } = await pool.query<{ namespace: string; run_id: string }>(
        'select namespace, run_id from run_deletion where confirmed_at is null order by deleted_at limit $1',
        [limit],
      );
      return rows.map((row) => ({ namespace: row.namespace, runId: row.run_id }));
    },

    async confirm(runIds) {
      await pool.query(
        'update run_deletion set confirmed_at = now() where run_id = any($1::uuid[]) and confirmed_at is null',
        [runIds],
      );
    },

    async withObjects(limit) {
      const { rows } = await pool.query<{ namespace: string; run_id: string }>(
        'select namespace, run_id from run_deletion where has_objects order by run_id limit $1',
        [limit],
      );
      return rows.map((row) => ({ namespace: row.namespace, runId: row.run_id }));
    },

    async objectsGone(runIds) {
      await pool.query('update run_deletion set has_objects = false where run_id = any($1::uuid[])', [runIds]);
    },

    async forget(ageMs, limit) {
      return (await pool.query(FORGET, [ageMs, limit])).rowCount ?? 0;
    },
  };
}

function refusalOf(facts: Facts | undefined): DeletionOutcome | undefined {
  if (facts === undefined) return { kind: 'unknown' };
  if (facts.is_open) return { kind: 'open' };
  if (facts.parent_run_id !== null) return { kind: 'has_parent', parentRunId: facts.parent_run_id };
  if (facts.has_open_children) return { kind: 'has_open_children' };
  return facts.is_confirmed ? undefined : { kind: 'unconfirmed' };
}
