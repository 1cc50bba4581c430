import { sql, type Kysely, type Selectable } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { AgentDetails, AgentRecord, InstanceRecord } from '../../domain/agent-record.ts';
import type { AgentTable, InstanceTable, RegistryTables } from './tables.ts';

/** Agents with their instances, in one statement so that both are of the same moment. */
export function selectAgents(db: Kysely<RegistryTables>) {
  return db
    .selectFrom('agent')
    .selectAll('agent')
    .select((of) =>
      jsonArrayFrom(
        of
          .selectFrom('instance')
          .select(['instance_id', 'endpoint', 'health', 'health_detail'])
          .select(sql<number | null>`extract(epoch from last_healthy_at) * 1000`.as('last_healthy_ms'))
          .whereRef('instance.namespace', '=', 'agent.namespace')
          .whereRef('instance.agent_id', '=', 'agent.agent_id')
          .orderBy('position'),
      ).as('instances'),
    );
}

type InstanceRow = Pick<Selectable<InstanceTable>, 'instance_id' | 'endpoint' | 'health' | 'health_detail'> & {
  readonly last_healthy_ms: number | null;
};

/** A row of `selectAgents`. */
export function agentOfRow(row: Selectable<AgentTable> & { readonly instances: readonly InstanceRow[] }): AgentRecord {
  return {
    namespace: row.namespace,
    agentId: row.agent_id,
    version: row.version,
    name: row.name,
    description: row.description,
    agentType: row.agent_type,
    capabilities: row.capabilities,
    protocol: row.protocol,
    labels: row.labels,
    config: row.config ?? undefined,
    timeoutMs: row.timeout_ms ?? undefined,
    cardFacts: row.card_facts,
    instances: row.instances.map(instanceOfRow),
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
  };
}

function instanceOfRow(row: InstanceRow): InstanceRecord {
  return {
    instanceId: row.instance_id,
    endpoint: row.endpoint,
    health: row.health,
    healthDetail: row.health_detail,
    lastHealthyAtMs: row.last_healthy_ms ?? undefined,
  };
}

/** The columns of an agent's details. */
export function columnsOf(details: AgentDetails) {
  return {
    version: details.version,
    name: details.name,
    description: details.description,
    agent_type: details.agentType,
    capabilities: details.capabilities,
    protocol: details.protocol,
    labels: JSON.stringify(details.labels),
    config: details.config === undefined ? null : JSON.stringify(details.config),
    timeout_ms: details.timeoutMs ?? null,
    card_facts: details.cardFacts,
  };
}
