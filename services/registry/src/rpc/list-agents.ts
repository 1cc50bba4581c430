import { InstanceHealth, type ListAgentsRequest } from '@skein/contracts/registry';
import { pageToken, positionOf } from '@skein/rpc';
import type { AgentFilter, AgentStore } from '../app/agent-store.ts';
import { agentToMessage, healthOfMessage, type Loads } from './agent-message.ts';
import { capabilitiesOf } from './registration-fields.ts';
import { namespaceOf, pageSizeOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

/** AgentRegistryService.ListAgents. */
export function listAgentsRpc({ store, loads }: { readonly store: AgentStore; readonly loads: Loads }) {
  return async (request: ListAgentsRequest) => {
    const filter = filterOf(request);
    const list = `agents/${filter.namespace}`;
    const rows = await store.list({
      ...filter,
      afterAgentId: positionOf(list, request.pageToken) ?? '',
      limit: filter.limit + 1,
    });
    const page = rows.slice(0, filter.limit);
    const last = page.at(-1);
    const nextPageToken = rows.length > filter.limit && last !== undefined ? pageToken(list, last.agentId) : '';
    return { agents: page.map((agent) => agentToMessage(agent, loads)), nextPageToken };
  };
}

function filterOf(request: ListAgentsRequest): Omit<AgentFilter, 'afterAgentId'> {
  const violations = new Violations();
  const health = request.health === InstanceHealth.UNSPECIFIED ? undefined : healthOfMessage(request.health);
  if (health === undefined && request.health !== InstanceHealth.UNSPECIFIED) {
    violations.add('health', 'give HEALTHY, DEGRADED or UNHEALTHY, or leave it out for any');
  }
  const filter = {
    namespace: namespaceOf(request.namespace, violations),
    capabilities: capabilitiesOf('capabilities', request.capabilities, violations),
    agentType: textOf('agent_type', request.agentType, 64, violations),
    health,
    limit: pageSizeOf(request.pageSize, violations),
  };
  violations.throwIfAny();
  return filter;
}
