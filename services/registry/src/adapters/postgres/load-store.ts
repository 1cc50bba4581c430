import { sql, type Kysely } from 'kysely';
import type { BreakerState, InstanceLoad, LoadStore } from '../../app/agent-store.ts';
import { CHANGE_CHANNEL, LOAD_CHANNEL } from './change-notice.ts';
import type { RegistryTables } from './tables.ts';

/** What nobody has repeated for this long no longer counts; whoever only renews a lease leaves what the instance said. */
export const STALE = sql.raw(`interval '30 seconds'`);
/** An instance that reports repeats its health at least this often. */
const SILENT = sql.raw(`interval '90 seconds'`);

interface LoadRow {
  readonly instance_id: string;
  readonly load: number | null;
  readonly in_flight: number | null;
  readonly latency_ms: number | null;
  readonly breaker: BreakerState | null;
  readonly reported_at_ms: number;
}

/** Loads in Postgres. */
export function postgresLoadStore(db: Kysely<RegistryTables>): LoadStore {
  return {
    async recordHeartbeats(heartbeats) {
      const column = <Name extends keyof (typeof heartbeats)[number]>(name: Name) =>
        heartbeats.map((each) => each[name] ?? null);
      // The order of the rows is the same in every process, so that two that write the same ones do not wait for each other in turn.
      await sql`
        with said as (
          select * from unnest(${column('namespace')}::text[], ${column('agentId')}::text[], ${column('instanceId')}::text[],
            ${column('health')}::text[], ${column('healthDetail')}::text[], ${column('load')}::float8[],
            ${column('inFlight')}::int[], ${column('latencyMs')}::float8[])
            as said (namespace, agent_id, instance_id, health, detail, load, in_flight, latency_ms)
        ), old as (
          select said.*, instance.health as health_before
          from instance join said using (namespace, agent_id, instance_id)
          order by namespace, agent_id, instance_id
          for update of instance
        ), written as (
          update instance set
            reported_health = old.health, reported_detail = old.detail, reported_at = now(),
            (load, in_flight, latency_ms, load_reported_at) = (
              select case when said then old.load when fresh then instance.load end,
                case when said then old.in_flight when fresh then instance.in_flight end,
                case when said then old.latency_ms when fresh then instance.latency_ms end,
                case when said then now() when fresh then load_reported_at end
              from (values (num_nonnulls(old.load, old.in_flight, old.latency_ms) > 0,
                load_reported_at > now() - ${STALE})) as word (said, fresh)),
            last_healthy_at = case when old.health in ('HEALTHY', 'DEGRADED') then now() else last_healthy_at end,
            lease_expires_at = now() + lease_ttl_ms * interval '1 ms'
          from old
          where (instance.namespace, instance.agent_id, instance.instance_id) = (old.namespace, old.agent_id, old.instance_id)
          returning instance.namespace, instance.agent_id, instance.health <> old.health_before as is_news
        ), news as (
          select distinct namespace, agent_id from written where is_news
        )
        select pg_notify(${CHANGE_CHANNEL}, json_build_array(namespace, agent_id)::text) from news
        union all select pg_notify(${LOAD_CHANNEL}, '')
      `.execute(db);
    },

    async recordCalls(calls) {
      const column = <Name extends keyof (typeof calls)[number]>(name: Name) => calls.map((each) => each[name]);
      await sql`
        with written as (
          insert into instance_calls
            (executor_id, namespace, agent_id, instance_id, in_flight, latency_ms, breaker, reported_at)
          select *, now() from unnest(${column('executorId')}::text[], ${column('namespace')}::text[],
            ${column('agentId')}::text[], ${column('instanceId')}::text[], ${column('inFlight')}::int[],
            ${column('latencyMs')}::float8[], ${column('breaker')}::text[])
            as said (executor_id, namespace, agent_id, instance_id)
          order by 1, 2, 3, 4
          on conflict (executor_id, namespace, agent_id, instance_id) do update set
            in_flight = excluded.in_flight, latency_ms = excluded.latency_ms, breaker = excluded.breaker,
            reported_at = excluded.reported_at
        )
        select pg_notify(${LOAD_CHANNEL}, '')
      `.execute(db);
    },

    async loadsSince(sinceMs) {
      const { rows } = await sql<LoadRow & { readonly now_ms: number }>`
        with calls as (
          select namespace, agent_id, instance_id, sum(in_flight)::int as in_flight,
            sum(latency_ms * (in_flight + 1)) filter (where latency_ms > 0)
              / sum(in_flight + 1) filter (where latency_ms > 0) as latency_ms,
            -- The worst: OPEN, then HALF_OPEN, then CLOSED.
            (array_agg(breaker order by array_position(array['OPEN', 'HALF_OPEN', 'CLOSED'], breaker)))[1] as breaker,
            max(reported_at) as reported_at
          from instance_calls where reported_at > now() - ${STALE}
          group by namespace, agent_id, instance_id
        ), own as (
          select namespace, agent_id, instance_id, load, in_flight, latency_ms, reported_at
          from instance where reported_at > now() - ${STALE}
        )
        select instance_id, own.load, coalesce(own.in_flight, calls.in_flight) as in_flight,
          coalesce(own.latency_ms, calls.latency_ms) as latency_ms, calls.breaker,
          extract(epoch from greatest(own.reported_at, calls.reported_at))::float8 * 1000 as reported_at_ms,
          extract(epoch from now())::float8 * 1000 as now_ms
        from own full join calls using (namespace, agent_id, instance_id)
        where greatest(own.reported_at, calls.reported_at) >= to_timestamp(${sinceMs} / 1000.0)
      `.execute(db);
      const loads = rows.map((row): InstanceLoad => ({
        instanceId: row.instance_id,
        load: row.load ?? undefined,
        inFlight: row.in_flight ?? 0,
        latencyMs: row.latency_ms ?? 0,
        breaker: row.breaker ?? undefined,
        reportedAtMs: row.reported_at_ms,
      }));
      return { loads, nowMs: rows[0] === undefined ? sinceMs : rows[0].now_ms };
    },

    async sweep(aliveForMs) {
      const { rows } = await sql<{ readonly expired: number }>`
        with expired as (
          delete from instance
          where lease_expires_at < now() and lease_ttl_ms <= ${aliveForMs}
          returning namespace, agent_id
        ), silent as (
          update instance set reported_health = 'UNKNOWN', reported_detail = ''
          where reported_health <> 'UNKNOWN' and lease_ttl_ms is null and reported_at < now() - ${SILENT}
          returning namespace, agent_id
        ), over as (
          delete from instance_calls where reported_at < now() - ${STALE}
        ), told as (
          select pg_notify(${CHANGE_CHANNEL}, json_build_array(namespace, agent_id)::text)
          from (select namespace, agent_id from expired union select namespace, agent_id from silent) as agents
        )
        select (select count(*) from expired)::int as expired, (select count(*) from told) as told
      `.execute(db);
      return rows[0]?.expired ?? 0;
    },
  };
}
