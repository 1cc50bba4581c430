import {
  AgentSource as AgentSourceMessage,
  InstanceHealth,
  type DiscoverAgentsRequest,
} from '@skein/contracts/registry';
import { discoverAgents, type DiscoverParts } from '../app/discover-agents.ts';
import type { AgentSource } from '../domain/agent-source.ts';
import type { Health } from '../domain/agent-record.ts';
import { isRange } from '../domain/agent-version.ts';
import type { DiscoveryQuery } from '../domain/discovery.ts';
import { healthOfMessage, instanceToMessage, versionToMessage } from './agent-message.ts';
import { capabilitiesOf } from './registration-fields.ts';
import { namespaceOf, pageSizeOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

/** AgentRegistryService.DiscoverAgents. */
export function discoverAgentsRpc(parts: DiscoverParts) {
  return async (request: DiscoverAgentsRequest) => {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    const query = queryOf(request, violations);
    const limit = pageSizeOf(request.pageSize, violations);
    violations.throwIfAny();
    const found = await discoverAgents(parts, namespace, query, limit);
    const agents = found.map(({ agentId, version, instances, source }) => ({
      agentId,
      source: SOURCES[source],
      version: versionToMessage(version),
      instances: instances.map((instance) => instanceToMessage(instance, parts.loads)),
    }));
    return { agents };
  };
}

const SOURCES: Readonly<Record<AgentSource, AgentSourceMessage>> = {
  CONFIG: AgentSourceMessage.CONFIG,
  WELL_KNOWN: AgentSourceMessage.WELL_KNOWN,
  REGISTERED: AgentSourceMessage.UNSPECIFIED,
};

function queryOf(request: DiscoverAgentsRequest, violations: Violations): DiscoveryQuery {
  const { labels, version } = request;
  const query = {
    agentId: textOf('agent_id', request.agentId, 128, violations),
    agentType: textOf('agent_type', request.agentType, 64, violations),
    capabilities: capabilitiesOf('capabilities', request.capabilities, violations),
    labels,
    version,
    minHealth: minHealthOf(request.minHealth, violations),
  };
  const { agentId, agentType, capabilities } = query;
  if (agentId === '' && agentType === '' && capabilities.length === 0 && Object.keys(labels).length === 0) {
    violations.add('capabilities', 'say what to look for: agent_id, agent_type, capabilities or labels', 'REQUIRED');
  }
  if (version !== '' && !isRange(version)) violations.add('version', 'give a range of semantic versions, such as ^1.2');
  return query;
}

function minHealthOf(message: InstanceHealth, violations: Violations): Health {
  // Unspecified asks for what would get a call: everything but unhealthy instances.
  if (message === InstanceHealth.UNSPECIFIED) return 'DEGRADED';
  const health = healthOfMessage(message);
  if (health === undefined) violations.add('min_health', 'give HEALTHY, DEGRADED or UNHEALTHY, or leave it out');
  return health ?? 'DEGRADED';
}
