import { sql, type Kysely } from 'kysely';
import type { AgentChange, InstanceChange } from '../../domain/agent-change.ts';
import type { AgentKey } from '../../domain/agent-record.ts';
import { instanceIdOf } from '../../domain/instance-id.ts';
import { columnsOf } from './agent-rows.ts';
import type { RegistryTables } from './tables.ts';

/** Writes a change, in an order that keeps every reference: the version comes before its instances, what goes, last. */
export async function writeChange(db: Kysely<RegistryTables>, key: AgentKey, change: AgentChange): Promise<void> {
  const { details, removedInstanceIds, removedVersions } = change;
  if (change.isNews) {
    await writeAgent(db, key, change);
    await writeVersion(db, key, details);
  }
  if (removedInstanceIds.length > 0) {
    await db
      .deleteFrom('instance')
      .where('namespace', '=', key.namespace)
      .where('agent_id', '=', key.agentId)
      .where('instance_id', 'in', removedInstanceIds)
      .execute();
  }
  await writeInstances(db, key, details.version, change.instances);
  if (removedVersions.length > 0) {
    await db
      .deleteFrom('agent_version')
      .where('namespace', '=', key.namespace)
      .where('agent_id', '=', key.agentId)
      .where('version', 'in', removedVersions)
      .execute();
  }
}

async function writeAgent(db: Kysely<RegistryTables>, { namespace, agentId }: AgentKey, { routing }: AgentChange) {
  const json = routing === undefined ? null : JSON.stringify(routing);
  await sql`
    insert into agent (namespace, agent_id, routing) values (${namespace}, ${agentId}, ${json})
    on conflict (namespace, agent_id) do update
      set routing = coalesce(excluded.routing, agent.routing), updated_at = now()
  `.execute(db);
}

async function writeVersion(
  db: Kysely<RegistryTables>,
  { namespace, agentId }: AgentKey,
  details: AgentChange['details'],
) {
  const columns = columnsOf(details);
  await db
    .insertInto('agent_version')
    .values({ namespace, agent_id: agentId, ...columns })
    .onConflict((conflict) =>
      conflict.columns(['namespace', 'agent_id', 'version']).doUpdateSet({ ...columns, updated_at: sql<Date>`now()` }),
    )
    .execute();
}

async function writeInstances(
  db: Kysely<RegistryTables>,
  key: AgentKey,
  version: string,
  instances: readonly InstanceChange[],
): Promise<void> {
  if (instances.length === 0) return;
  const { namespace, agentId } = key;
  const ids = instances.map(({ endpoint }) => instanceIdOf(key, endpoint));
  const endpoints = instances.map(({ endpoint }) => endpoint);
  const positions = instances.map(({ position }) => position);
  const ttls = instances.map(({ leaseTtlMs }) => leaseTtlMs ?? null);
  await sql`
    insert into instance (namespace, agent_id, instance_id, version, endpoint, position, lease_ttl_ms, lease_expires_at)
    select ${namespace}, ${agentId}, instance_id, ${version}, endpoint, position, ttl_ms, now() + ttl_ms * interval '1 ms'
    from unnest(${ids}::text[], ${endpoints}::text[], ${positions}::int[], ${ttls}::float8[])
      as given (instance_id, endpoint, position, ttl_ms)
    on conflict (namespace, agent_id, instance_id) do update set
      version = excluded.version,
      position = excluded.position,
      lease_ttl_ms = excluded.lease_ttl_ms,
      lease_expires_at = excluded.lease_expires_at
  `.execute(db);
  const resets = ids.filter((_, at) => instances[at]?.reset === true);
  if (resets.length === 0) return;
  // An agent of another protocol behind the same address is another agent.
  await db
    .updateTable('instance')
    .where('namespace', '=', namespace)
    .where('agent_id', '=', agentId)
    .set({ probed_health: 'UNKNOWN', probed_detail: '', reported_health: 'UNKNOWN', reported_detail: '' })
    .where('instance_id', 'in', resets)
    .execute();
}
