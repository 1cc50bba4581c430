import type { JsonObject } from '@bufbuild/protobuf';
import { sql, type Kysely } from 'kysely';
import type { AutoscaleSettings } from '../../domain/autoscale.ts';
import type { RolloutSettings } from '../../domain/deployment-record.ts';
import type { AssignmentStore } from '../../app/deployment-store.ts';
import { DEPLOYMENT_CHANNEL } from './change-notice.ts';
import type { RegistryTables } from './tables.ts';

/** Longest time that an executor takes to end after it has left. */
const LEAVING_MS = 2 * 3_600_000;

interface AssignedRow {
  readonly assignment_id: string;
  readonly namespace: string;
  readonly deployment_id: string;
  readonly wanted: boolean;
  readonly revision: number;
  readonly replicas: number;
  readonly rollout: RolloutSettings;
  readonly autoscale: AutoscaleSettings | null;
  readonly template: JsonObject;
}

/** What executors read and write, in Postgres. */
export function postgresAssignmentStore(db: Kysely<RegistryTables>): AssignmentStore {
  return {
    async hear({ executorId, runtimes, capacity, address }) {
      await sql`
        with heard as (
          insert into host_executor (executor_id, runtimes, capacity, address)
          values (${executorId}, ${runtimes}::text[], ${capacity}, ${address})
          on conflict (executor_id) do update set
            runtimes = excluded.runtimes, capacity = excluded.capacity, address = excluded.address, heard_at = now()
          -- A row that an insert has made was never in anybody's way.
          returning xmax = 0 as is_new
        )
        select pg_notify(${DEPLOYMENT_CHANNEL}, '') from heard where is_new
      `.execute(db);
      const { rows } = await sql<AssignedRow>`
        select a.assignment_id, a.namespace, a.deployment_id, a.wanted, a.revision::int, d.replicas, d.rollout, d.autoscale, r.template
        from assignment a join deployment_revision r using (namespace, deployment_id, revision)
          join deployment d using (namespace, deployment_id)
        where a.executor_id = ${executorId} and a.state <> 'STOPPED'
        order by a.assignment_id
      `.execute(db);
      return rows.map(({ assignment_id: assignmentId, deployment_id: deploymentId, autoscale, ...rest }) => ({
        assignmentId,
        deploymentId,
        autoscale: autoscale ?? undefined,
        ...rest,
      }));
    },

    async report(executorId, news) {
      const column = <Name extends keyof (typeof news)[number]>(name: Name) => news.map((each) => each[name]);
      // An instance is ready from when it was first said to run without having been started again.
      await sql`
        with said as (
          select * from unnest(${column('assignmentId')}::text[], ${column('state')}::text[], ${column('endpoint')}::text[],
            ${column('pid')}::bigint[], ${column('restarts')}::int[], ${column('failure')}::text[],
            ${column('containerId')}::text[], ${column('notice')}::text[], ${column('revision')}::bigint[],
            ${news.map(({ endpoints }) => JSON.stringify(endpoints))}::jsonb[], ${column('updatedReplicas')}::int[])
            as said (assignment_id, state, endpoint, pid, restarts, failure, container_id, notice, revision, endpoints, updated_replicas)
        ), old as (
          select said.* from assignment a join said using (assignment_id)
          where a.executor_id = ${executorId} and said.revision in (0, a.revision) order by assignment_id for update of a
        ), written as (
          update assignment a set
            state = old.state, endpoint = old.endpoint, pid = old.pid, restarts = old.restarts, failure = old.failure,
            container_id = old.container_id, notice = old.notice, updated_replicas = old.updated_replicas,
            endpoints = array(select jsonb_array_elements_text(old.endpoints)),
            ready_at = case
              when old.state <> 'RUNNING' then null
              when a.state = 'RUNNING' and a.restarts = old.restarts then a.ready_at
              else now() end
          from old where a.assignment_id = old.assignment_id
          returning 1
        )
        select pg_notify(${DEPLOYMENT_CHANNEL}, '') from written limit 1
      `.execute(db);
    },

    async leave(executorId) {
      await sql`
        with gone as (
          delete from host_executor where executor_id = ${executorId}
        ), remembered as (
          -- It stops what it has by itself, once its tasks have ended. Only what is left long after is anybody's to remove.
          insert into gone_executor (executor_id, gone_at) values (${executorId}, now() + ${LEAVING_MS} * interval '1 ms')
          on conflict (executor_id) do update set gone_at = excluded.gone_at
        )
        select pg_notify(${DEPLOYMENT_CHANNEL}, '')
      `.execute(db);
    },

    async findGone(executorIds) {
      // One that was cut off and is back is not gone.
      const { rows } = await sql<{ executor_id: string }>`
        select executor_id from gone_executor
        where executor_id = any(${executorIds}::text[]) and gone_at <= now()
          and not exists (select from host_executor h where h.executor_id = gone_executor.executor_id)
      `.execute(db);
      return rows.map(({ executor_id: executorId }) => executorId);
    },

    async logSources({ namespace, deploymentId }) {
      const { rows } = await sql<{ assignment_id: string; address: string | null }>`
        select a.assignment_id, h.address from assignment a left join host_executor h using (executor_id)
        where (a.namespace, a.deployment_id) = (${namespace}, ${deploymentId})
        order by a.assignment_id
      `.execute(db);
      return rows.map(({ assignment_id: assignmentId, address }) => ({ assignmentId, address: address ?? '' }));
    },
  };
}
