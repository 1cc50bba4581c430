import { sql, type Kysely } from 'kysely';
import type { AgentFilter, AgentStore } from '../../app/agent-store.ts';
import { sameDetails } from '../../domain/agent-details.ts';
import { keyText, type AgentDetails, type AgentKey, type AgentRecord } from '../../domain/agent-record.ts';
import { agentOfRow, columnsOf, selectAgents } from './agent-rows.ts';
import { notifyChange } from './change-notice.ts';
import { writeHealth, writeSigns } from './health-statements.ts';
import { putInstances } from './put-instances.ts';
import type { RegistryTables } from './tables.ts';

/** Agents in Postgres. */
export function postgresAgentStore(db: Kysely<RegistryTables>): AgentStore {
  return {
    put(key, endpoints, settle) {
      return db.transaction().execute(async (transaction) => {
        await takeTurns(transaction, key);
        const before = await find(transaction, key);
        const details = settle(before);
        if (before === undefined) await insert(transaction, key, details);
        const moved = await putInstances(transaction, key, {
          endpoints,
          before: before?.instances ?? [],
          reset: before !== undefined && before.protocol !== details.protocol,
        });
        if (before !== undefined) {
          if (!moved && sameDetails(before, details)) return { agent: before, created: false };
          await update(transaction, key, details);
        }
        await notifyChange(transaction, key);
        return { agent: (await find(transaction, key)) as AgentRecord, created: before === undefined };
      });
    },

    amend(key, settle) {
      return db.transaction().execute(async (transaction) => {
        await takeTurns(transaction, key);
        const before = await find(transaction, key);
        if (before === undefined) return;
        const details = settle(before);
        if (sameDetails(before, details)) return;
        await update(transaction, key, details);
        await notifyChange(transaction, key);
      });
    },

    remove(key) {
      return db.transaction().execute(async (transaction) => {
        await takeTurns(transaction, key);
        const { numDeletedRows } = await transaction
          .deleteFrom('agent')
          .where('namespace', '=', key.namespace)
          .where('agent_id', '=', key.agentId)
          .executeTakeFirstOrThrow();
        if (numDeletedRows === 0n) return false;
        await notifyChange(transaction, key);
        return true;
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

async function insert(db: Kysely<RegistryTables>, key: AgentKey, details: AgentDetails): Promise<void> {
  await db
    .insertInto('agent')
    .values({ namespace: key.namespace, agent_id: key.agentId, ...columnsOf(details) })
    .execute();
}

async function update(db: Kysely<RegistryTables>, key: AgentKey, details: AgentDetails): Promise<void> {
  await db
    .updateTable('agent')
    .set({ ...columnsOf(details), updated_at: sql<Date>`now()` })
    .where('namespace', '=', key.namespace)
    .where('agent_id', '=', key.agentId)
    .execute();
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
  if (agentType !== '') query = query.where('agent.agent_type', '=', agentType);
  if (capabilities.length > 0) query = query.where(sql<boolean>`agent.capabilities @> ${capabilities}::text[]`);
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
  return rows.map(agentOfRow);
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
  const rows = await query.execute();
  return rows.map(agentOfRow);
}
