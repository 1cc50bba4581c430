import { sql, type Kysely } from 'kysely';
import type { AgentFilter, AgentStore } from '../../app/agent-store.ts';
import { keyText, type AgentKey, type AgentRecord } from '../../domain/agent-record.ts';
import { agentOfRow, selectAgents, type AgentRow } from './agent-rows.ts';
import { notifyChange } from './change-notice.ts';
import { writeHealth, writeSigns } from './health-statements.ts';
import type { RegistryTables } from './tables.ts';
import { writeChange } from './write-change.ts';

/** Agents in Postgres. */
export function postgresAgentStore(db: Kysely<RegistryTables>): AgentStore {
  return {
    change(key, decide) {
      return db.transaction().execute(async (transaction) => {
        await takeTurns(transaction, key);
        const before = await find(transaction, key);
        const change = decide(before);
        if (change === undefined) return { before, agent: before };
        const renews = change.instances.some(({ leaseTtlMs }) => leaseTtlMs !== undefined);
        if (!change.isNews && !renews) return { before, agent: before };
        await writeChange(transaction, key, change);
        if (change.isNews) await notifyChange(transaction, key);
        return { before, agent: await find(transaction, key) };
      });
    },

    remove(key, version) {
      return db.transaction().execute(async (transaction) => {
        await takeTurns(transaction, key);
        const removed =
          version === '' ? await removeAgent(transaction, key) : await removeVersion(transaction, key, version);
        if (removed) await notifyChange(transaction, key);
        return removed;
      });
    },

    setDrained({ namespace, agentId, instanceId }, drained, reason) {
      return db.transaction().execute(async (transaction) => {
        const key = { namespace, agentId };
        const { rows } = await sql<{ changed: boolean }>`
          with old as (
            select instance_id, (drained, drain_reason) is distinct from (${drained}::boolean, ${reason}::text) as changed
            from instance
            where (namespace, agent_id, instance_id) = (${namespace}, ${agentId}, ${instanceId})
            for update
          ), written as (
            update instance set drained = ${drained}, drain_reason = ${reason}
            where (namespace, agent_id, instance_id) = (${namespace}, ${agentId}, ${instanceId}) and (select changed from old)
          )
          select changed from old
        `.execute(transaction);
        if (rows[0] === undefined) return undefined;
        if (rows[0].changed) await notifyChange(transaction, key);
        return find(transaction, key);
      });
    },

    removeInstance({ namespace, agentId, instanceId }) {
      return db.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('instance')
          .where('namespace', '=', namespace)
          .where('agent_id', '=', agentId)
          .where('instance_id', '=', instanceId)
          .executeTakeFirstOrThrow();
        if (numDeletedRows > 0n) await notifyChange(transaction, { namespace, agentId });
      });
    },

    get: (key) => find(db, key),
    list: (filter) => list(db, filter),
    load: (keys) => load(db, keys),
    recordHealth: (changes) => writeHealth(db, changes),
    recordSigns: (signs) => writeSigns(db, signs),
  };
}

/** Writers of one agent take turns; of different ones, they do not. */
async function takeTurns(db: Kysely<RegistryTables>, key: AgentKey): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`skein.registry/${keyText(key)}`}, 0))`.execute(db);
}

async function removeAgent(db: Kysely<RegistryTables>, { namespace, agentId }: AgentKey): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('agent')
    .where('namespace', '=', namespace)
    .where('agent_id', '=', agentId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

async function removeVersion(db: Kysely<RegistryTables>, key: AgentKey, version: string): Promise<boolean> {
  const { namespace, agentId } = key;
  const { numDeletedRows } = await db
    .deleteFrom('agent_version')
    .where('namespace', '=', namespace)
    .where('agent_id', '=', agentId)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return false;
  if ((await find(db, key)) === undefined) await removeAgent(db, key);
  return true;
}

async function find(db: Kysely<RegistryTables>, key: AgentKey): Promise<AgentRecord | undefined> {
  const row = await selectAgents(db)
    .where('agent.namespace', '=', key.namespace)
    .where('agent.agent_id', '=', key.agentId)
    .executeTakeFirst();
  return row && agentOfRow(row);
}

async function list(db: Kysely<RegistryTables>, filter: AgentFilter): Promise<readonly AgentRecord[]> {
  const { namespace, afterAgentId, agentType, capabilities, health } = filter;
  let query = selectAgents(db).where('agent.namespace', '=', namespace).where('agent.agent_id', '>', afterAgentId);
  if (agentType !== '' || capabilities.length > 0) {
    query = query.where((of) => {
      let versions = of
        .selectFrom('agent_version')
        .select('agent_version.version')
        .whereRef('agent_version.namespace', '=', 'agent.namespace')
        .whereRef('agent_version.agent_id', '=', 'agent.agent_id');
      if (agentType !== '') versions = versions.where('agent_version.agent_type', '=', agentType);
      if (capabilities.length > 0) {
        versions = versions.where(sql<boolean>`agent_version.capabilities @> ${capabilities}::text[]`);
      }
      return of.exists(versions);
    });
  }
  if (health !== undefined) {
    query = query.where((of) =>
      of.exists(
        of
          .selectFrom('instance')
          .select('instance.instance_id')
          .whereRef('instance.namespace', '=', 'agent.namespace')
          .whereRef('instance.agent_id', '=', 'agent.agent_id')
          .where('instance.health', '=', health),
      ),
    );
  }
  const rows = await query.orderBy('agent.agent_id').limit(filter.limit).execute();
  return agentsOf(rows);
}

async function load(
  db: Kysely<RegistryTables>,
  keys: readonly AgentKey[] | undefined,
): Promise<readonly AgentRecord[]> {
  let query = selectAgents(db);
  if (keys !== undefined) {
    const namespaces = keys.map(({ namespace }) => namespace);
    const agentIds = keys.map(({ agentId }) => agentId);
    query = query.where(
      sql<boolean>`(agent.namespace, agent.agent_id) in
        (select * from unnest(${namespaces}::text[], ${agentIds}::text[]))`,
    );
  }
  return agentsOf(await query.execute());
}

const agentsOf = (rows: readonly AgentRow[]): AgentRecord[] =>
  rows.map(agentOfRow).filter((agent) => agent !== undefined);
