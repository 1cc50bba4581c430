/** How registry processes tell each other which agents changed. A notice is a hint: the rows are read again. */
import { sql, type Kysely } from 'kysely';
import type { AgentKey } from '../../domain/agent-record.ts';
import type { RegistryTables } from './tables.ts';

/** The channel of the notices. */
export const CHANGE_CHANNEL = 'skein_registry_agent';

/** The channel that says that there are new loads. */
export const LOAD_CHANNEL = 'skein_registry_load';

/** The channel that says that deployments, or what executors say of their instances, are new. */
export const DEPLOYMENT_CHANNEL = 'skein_registry_deployment';

/** Tells every process of deployments, once the transaction is committed. */
export async function notifyDeployments(db: Kysely<RegistryTables>): Promise<void> {
  await sql`select pg_notify(${DEPLOYMENT_CHANNEL}, '')`.execute(db);
}

/** Tells every process, once the transaction is committed. */
export async function notifyChange(db: Kysely<RegistryTables>, key: AgentKey): Promise<void> {
  await sql`select pg_notify(${CHANGE_CHANNEL}, ${noticeOf(key)})`.execute(db);
}

/** The text of a notice; `json_build_array(namespace, agent_id)::text` in SQL makes one that reads the same. */
export function noticeOf({ namespace, agentId }: AgentKey): string {
  return JSON.stringify([namespace, agentId]);
}

/** The agent that a notice names; undefined for what is none of ours. */
export function keyOfNotice(payload: string): AgentKey | undefined {
  try {
    const [namespace, agentId]: unknown[] = JSON.parse(payload);
    if (typeof namespace === 'string' && typeof agentId === 'string') return { namespace, agentId };
  } catch {
    // Somebody else's words on our channel.
  }
  return undefined;
}
