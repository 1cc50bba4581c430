import { sql, type Kysely } from 'kysely';
import type { HealthChange, HealthySign } from '../../app/agent-store.ts';
import { CHANGE_CHANNEL } from './change-notice.ts';
import type { RegistryTables } from './tables.ts';

/** Writes new states and tells every process, in one statement; an instance that is in its state already is left. */
export async function writeHealth(db: Kysely<RegistryTables>, changes: readonly HealthChange[]): Promise<void> {
  const { namespaces, agentIds, instanceIds } = keysOf(changes);
  const states = changes.map(({ health }) => health);
  const details = changes.map(({ healthDetail }) => healthDetail);
  // An instance that takes calls has just answered; of another one the last answer is kept.
  await sql`
    with news as (
      select * from unnest(${namespaces}::text[], ${agentIds}::text[], ${instanceIds}::text[], ${states}::text[], ${details}::text[])
        as news (namespace, agent_id, instance_id, health, health_detail)
    ), changed as (
      update instance set
        probed_health = news.health,
        probed_detail = news.health_detail,
        last_healthy_at = case when news.health in ('HEALTHY', 'DEGRADED') then now() else last_healthy_at end
      from news
      where (instance.namespace, instance.agent_id, instance.instance_id) = (news.namespace, news.agent_id, news.instance_id)
        and (instance.probed_health, instance.probed_detail) <> (news.health, news.health_detail)
      returning instance.namespace, instance.agent_id
    )
    select pg_notify(${CHANGE_CHANNEL}, json_build_array(namespace, agent_id)::text)
    from (select distinct namespace, agent_id from changed) as agents
  `.execute(db);
}

/** Writes when instances last answered. */
export async function writeSigns(db: Kysely<RegistryTables>, signs: readonly HealthySign[]): Promise<void> {
  const { namespaces, agentIds, instanceIds } = keysOf(signs);
  const times = signs.map(({ atMs }) => new Date(atMs));
  await sql`
    update instance set last_healthy_at = sign.at
    from unnest(${namespaces}::text[], ${agentIds}::text[], ${instanceIds}::text[], ${times}::timestamptz[])
      as sign (namespace, agent_id, instance_id, at)
    where (instance.namespace, instance.agent_id, instance.instance_id) = (sign.namespace, sign.agent_id, sign.instance_id)
  `.execute(db);
}

function keysOf(instances: readonly { namespace: string; agentId: string; instanceId: string }[]) {
  return {
    namespaces: instances.map(({ namespace }) => namespace),
    agentIds: instances.map(({ agentId }) => agentId),
    instanceIds: instances.map(({ instanceId }) => instanceId),
  };
}
