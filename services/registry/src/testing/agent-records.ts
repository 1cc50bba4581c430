import type { AgentRecord, AgentVersionRecord, InstanceRecord } from '../domain/agent-record.ts';
import { newestFirst } from '../domain/agent-version.ts';

/** A version as it is stored, with what a test cares about. */
export function versionRecord(given: Partial<AgentVersionRecord> = {}): AgentVersionRecord {
  return {
    version: '1.0.0',
    name: '',
    description: '',
    capabilities: [],
    skills: [],
    agentType: '',
    protocol: 'IN_PROCESS',
    labels: {},
    config: undefined,
    timeoutMs: undefined,
    probe: undefined,
    credentials: undefined,
    cardFacts: [],
    createdAtMs: 0,
    updatedAtMs: 0,
    ...given,
  };
}

/** An instance as it is stored, with what a test cares about; its id is its endpoint. */
export function instanceRecord(given: Partial<InstanceRecord> & { readonly endpoint: string }): InstanceRecord {
  return {
    instanceId: given.endpoint,
    version: '1.0.0',
    health: 'UNKNOWN',
    healthDetail: '',
    probedHealth: 'UNKNOWN',
    lastHealthyAtMs: undefined,
    drained: false,
    drainReason: '',
    leaseTtlMs: undefined,
    leaseExpiresAtMs: undefined,
    ...given,
  };
}

/** An agent as it is stored. */
export function agentRecord(
  versions: readonly AgentVersionRecord[],
  instances: readonly InstanceRecord[] = [],
): AgentRecord {
  const [newest = versionRecord(), ...older] = newestFirst(versions);
  return {
    namespace: 'default',
    agentId: 'a',
    routing: undefined,
    versions: [newest, ...older],
    instances,
    createdAtMs: 0,
    updatedAtMs: 0,
  };
}
