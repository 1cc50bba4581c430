import type { Kysely } from 'kysely';
import type { AgentSourceStore } from '../../app/agent-source-store.ts';
import type { RegistryTables } from './tables.ts';

/** Which agents the file of agents keeps, in Postgres. */
export function postgresAgentSourceStore(db: Kysely<RegistryTables>): AgentSourceStore {
  return {
    async sourceOf({ namespace, agentId }) {
      const row = await db
        .selectFrom('agent_source')
        .select('source')
        .where('namespace', '=', namespace)
        .where('agent_id', '=', agentId)
        .executeTakeFirst();
      return row?.source ?? 'REGISTERED';
    },

    async list(namespace) {
      const all = db.selectFrom('agent_source').select(['namespace', 'agent_id', 'source']);
      const rows = await (namespace === undefined ? all : all.where('namespace', '=', namespace))
        .orderBy('namespace')
        .orderBy('agent_id')
        .execute();
      return rows.map((row) => ({ namespace: row.namespace, agentId: row.agent_id, source: row.source }));
    },

    async set({ namespace, agentId }, source) {
      await db
        .insertInto('agent_source')
        .values({ namespace, agent_id: agentId, source })
        .onConflict((conflict) => conflict.columns(['namespace', 'agent_id']).doUpdateSet({ source }))
        .execute();
    },

    async forget({ namespace, agentId }) {
      await db.deleteFrom('agent_source').where('namespace', '=', namespace).where('agent_id', '=', agentId).execute();
    },
  };
}
