import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { AgentRegistryService, AgentSchema, InstanceHealth, type Agent } from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import { FIRST_EVENT_MS } from './fake-events.ts';

/** The catalogue of agents, kept in this process. */
export function fakeRegistry(): ServiceBinding {
  const agents = new Map<string, Agent>();
  const find = (agentId: string): Agent => {
    const agent = agents.get(agentId);
    if (agent !== undefined) return agent;
    throw skeinError({ reason: 'AGENT_NOT_FOUND', code: Code.NotFound, message: `there is no agent ${agentId}` });
  };
  return bind(AgentRegistryService, {
    registerAgent(request) {
      const created = !agents.has(request.agentId);
      const { $typeName: _type, endpoints, ...facts } = request;
      const agent = create(AgentSchema, {
        ...facts,
        namespace: request.namespace || 'default',
        version: request.version || '0.0.0',
        instances: endpoints.map((endpoint) => ({
          instanceId: `i-${endpoint}`,
          endpoint,
          health: InstanceHealth.HEALTHY,
          lastHealthyAt: timestampOfMs(FIRST_EVENT_MS),
        })),
        createdAt: timestampOfMs(FIRST_EVENT_MS),
        updatedAt: timestampOfMs(FIRST_EVENT_MS),
      });
      agents.set(request.agentId, agent);
      return { agent, created };
    },
    unregisterAgent({ agentId }) {
      find(agentId);
      agents.delete(agentId);
      return {};
    },
    getAgent: ({ agentId }) => ({ agent: find(agentId) }),
    listAgents: ({ capabilities }) => ({
      agents: [...agents.values()]
        .filter((agent) => capabilities.every((word) => agent.capabilities.includes(word)))
        .toSorted((a, b) => (a.agentId < b.agentId ? -1 : 1)),
    }),
    discoverAgents: ({ capabilities, labels, version, minHealth }) => ({
      agents: [
        {
          agentId: capabilities.join('+'),
          version: { version: version.slice(1), labels },
          instances: [{ instanceId: 'i', health: minHealth }],
        },
      ],
    }),
    heartbeat: ({ instances }) => ({
      unknownInstanceIds: instances.map(({ instanceId }) => instanceId).filter((id) => id === 'gone'),
    }),
    drainInstance: ({ instanceId, reason }) => ({ instance: { instanceId, drained: true, drainReason: reason } }),
    enableInstance: ({ instanceId }) => ({ instance: { instanceId } }),
    removeInstance: () => ({}),
    reportCalls: () => ({}),
    async *watchRoutes() {},
  });
}
