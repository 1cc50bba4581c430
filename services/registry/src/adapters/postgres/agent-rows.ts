import { sql, type Kysely, type Selectable } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { AgentDetails, AgentRecord, AgentVersionRecord, InstanceRecord } from '../../domain/agent-record.ts';
import { newestFirst } from '../../domain/agent-version.ts';
import type { AgentTable, AgentVersionTable, InstanceTable, RegistryTables } from './tables.ts';

const VERSION_COLUMNS = [
  'version',
  'name',
  'description',
  'agent_type',
  'capabilities',
  'protocol',
  'labels',
  'config',
  'timeout_ms',
  'skills',
  'probe',
  'credentials',
  'card_facts',
] as const;

const INSTANCE_COLUMNS = [
  'instance_id',
  'version',
  'endpoint',
  'health',
  'probed_health',
  'probed_detail',
  'reported_health',
  'reported_detail',
  'drained',
  'drain_reason',
  'lease_ttl_ms',
] as const;

/** Agents with their versions and instances, in one statement so that all are of the same moment. */
export function selectAgents(db: Kysely<RegistryTables>) {
  return db
    .selectFrom('agent')
    .selectAll('agent')
    .select((of) => [
      jsonArrayFrom(
        of
          .selectFrom('agent_version')
          .select(VERSION_COLUMNS)
          .select([epochMs('created_at').as('created_at_ms'), epochMs('updated_at').as('updated_at_ms')])
          .whereRef('agent_version.namespace', '=', 'agent.namespace')
          .whereRef('agent_version.agent_id', '=', 'agent.agent_id'),
      ).as('versions'),
      jsonArrayFrom(
        of
          .selectFrom('instance')
          .select(INSTANCE_COLUMNS)
          .select([
            epochMs('last_healthy_at').as('last_healthy_at_ms'),
            epochMs('lease_expires_at').as('lease_expires_at_ms'),
          ])
          .whereRef('instance.namespace', '=', 'agent.namespace')
          .whereRef('instance.agent_id', '=', 'agent.agent_id')
          .orderBy('position')
          .orderBy('instance_id'),
      ).as('instances'),
    ]);
}

/** Times within JSON are numbers: as texts they would be of the session's time zone. */
function epochMs(column: string) {
  return sql<number | null>`extract(epoch from ${sql.ref(column)}) * 1000`;
}

type VersionRow = Pick<Selectable<AgentVersionTable>, (typeof VERSION_COLUMNS)[number]> & {
  readonly created_at_ms: number | null;
  readonly updated_at_ms: number | null;
};
type InstanceRow = Pick<Selectable<InstanceTable>, (typeof INSTANCE_COLUMNS)[number]> & {
  readonly last_healthy_at_ms: number | null;
  readonly lease_expires_at_ms: number | null;
};

/** A row of `selectAgents`. */
export interface AgentRow extends Selectable<AgentTable> {
  readonly versions: readonly VersionRow[];
  readonly instances: readonly InstanceRow[];
}

/** The agent of a row; undefined: it has no version, being just about to go. */
export function agentOfRow(row: AgentRow): AgentRecord | undefined {
  const [newest, ...older] = newestFirst(row.versions.map(versionOfRow));
  if (newest === undefined) return undefined;
  return {
    namespace: row.namespace,
    agentId: row.agent_id,
    routing: row.routing ?? undefined,
    versions: [newest, ...older],
    instances: row.instances.map(instanceOfRow),
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
  };
}

function versionOfRow(row: VersionRow): AgentVersionRecord {
  return {
    version: row.version,
    name: row.name,
    description: row.description,
    agentType: row.agent_type,
    capabilities: row.capabilities,
    protocol: row.protocol,
    labels: row.labels,
    config: row.config ?? undefined,
    timeoutMs: row.timeout_ms ?? undefined,
    skills: row.skills,
    probe: row.probe ?? undefined,
    credentials: row.credentials ?? undefined,
    cardFacts: row.card_facts,
    createdAtMs: row.created_at_ms ?? 0,
    updatedAtMs: row.updated_at_ms ?? 0,
  };
}

function instanceOfRow(row: InstanceRow): InstanceRecord {
  return {
    instanceId: row.instance_id,
    endpoint: row.endpoint,
    version: row.version,
    health: row.health,
    healthDetail: row.health === row.probed_health ? row.probed_detail : row.reported_detail,
    probedHealth: row.probed_health,
    lastHealthyAtMs: row.last_healthy_at_ms ?? undefined,
    drained: row.drained,
    drainReason: row.drain_reason,
    leaseTtlMs: row.lease_ttl_ms ?? undefined,
    leaseExpiresAtMs: row.lease_expires_at_ms ?? undefined,
  };
}

/** The columns of a version's details. */
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
    skills: JSON.stringify(details.skills),
    probe: details.probe === undefined ? null : JSON.stringify(details.probe),
    credentials: details.credentials === undefined ? null : JSON.stringify(details.credentials),
    card_facts: details.cardFacts,
  };
}
