/** Which versions of agents, with which instances, can do what somebody looks for. Pure. */
import type { AgentRecord, AgentVersionRecord, Health, InstanceRecord } from './agent-record.ts';
import { inRange } from './agent-version.ts';
import { isAtLeast } from './health-order.ts';

/** What somebody looks for; all must hold. */
export interface DiscoveryQuery {
  /** Empty: any. */
  readonly agentId: string;
  /** Empty: any. */
  readonly agentType: string;
  readonly capabilities: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** A range of semantic versions. Empty: any. */
  readonly version: string;
  /** Least health of an instance; with UNHEALTHY versions without any instance are found as well. */
  readonly minHealth: Health;
}

/** A version that fits, with the instances that do. */
export interface Discovered {
  readonly agentId: string;
  readonly version: AgentVersionRecord;
  readonly instances: readonly InstanceRecord[];
}

/** The versions of an agent that fit, the newest first. */
export function discoverIn(agent: AgentRecord, query: DiscoveryQuery): Discovered[] {
  return agent.versions
    .filter((version) => fits(version, query))
    .map((version) => ({ agentId: agent.agentId, version, instances: instancesOf(agent, version, query.minHealth) }))
    .filter(({ instances }) => instances.length > 0 || query.minHealth === 'UNHEALTHY');
}

function fits(version: AgentVersionRecord, query: DiscoveryQuery): boolean {
  return (
    (query.agentType === '' || version.agentType === query.agentType) &&
    query.capabilities.every((word) => version.capabilities.includes(word)) &&
    Object.entries(query.labels).every(([key, value]) => version.labels[key] === value) &&
    inRange(version.version, query.version)
  );
}

function instancesOf(agent: AgentRecord, { version }: AgentVersionRecord, minHealth: Health): InstanceRecord[] {
  return agent.instances.filter(
    (instance) => instance.version === version && !instance.drained && isAtLeast(instance.health, minHealth),
  );
}
