import type { Kysely } from 'kysely';
import type { AgentKey, InstanceRecord } from '../../domain/agent-record.ts';
import { instanceIdOf } from '../../domain/instance-id.ts';
import type { RegistryTables } from './tables.ts';

/** What an agent's instances shall be. */
export interface InstancePut {
  /** The whole set, in order. */
  readonly endpoints: readonly string[];
  readonly before: readonly InstanceRecord[];
  /** Whether what is known of their health no longer counts. */
  readonly reset: boolean;
}

/** Makes the endpoints the agent's instances; those that stay keep their health. False: they were so already. */
export async function putInstances(db: Kysely<RegistryTables>, key: AgentKey, put: InstancePut): Promise<boolean> {
  const { endpoints, before, reset } = put;
  const same = before.length === endpoints.length && before.every(({ endpoint }, at) => endpoint === endpoints[at]);
  if (same && !reset) return false;
  const { namespace, agentId } = key;
  const rows = endpoints.map((endpoint, position) => ({
    namespace,
    agent_id: agentId,
    endpoint,
    position,
    instance_id: instanceIdOf(key, endpoint),
  }));
  let gone = db.deleteFrom('instance').where('namespace', '=', namespace).where('agent_id', '=', agentId);
  if (!reset) {
    gone = gone.where(
      'instance_id',
      'not in',
      rows.map((row) => row.instance_id),
    );
  }
  await gone.execute();
  await db
    .insertInto('instance')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['namespace', 'agent_id', 'instance_id'])
        .doUpdateSet((of) => ({ position: of.ref('excluded.position') })),
    )
    .execute();
  return true;
}
