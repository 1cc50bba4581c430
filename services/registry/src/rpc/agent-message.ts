import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { AgentProtocol, AgentSchema, InstanceHealth, type Agent, type InstanceSchema } from '@skein/contracts/registry';
import { durationOfMs, timestampOfMs } from '@skein/events';
import type { AgentRecord, Health, InstanceRecord, Protocol } from '../domain/agent-record.ts';

const PROTOCOL_MESSAGES: Readonly<Record<Protocol, AgentProtocol>> = {
  GRPC: AgentProtocol.GRPC,
  HTTP_PROCESS: AgentProtocol.HTTP_PROCESS,
  HTTP_INVOKE_SSE: AgentProtocol.HTTP_INVOKE_SSE,
  IN_PROCESS: AgentProtocol.IN_PROCESS,
};

const HEALTH_MESSAGES: Readonly<Record<Health, InstanceHealth>> = {
  UNKNOWN: InstanceHealth.UNSPECIFIED,
  HEALTHY: InstanceHealth.HEALTHY,
  UNHEALTHY: InstanceHealth.UNHEALTHY,
};

/** An agent for the wire. */
export function agentToMessage(agent: AgentRecord): Agent {
  return create(AgentSchema, {
    namespace: agent.namespace,
    agentId: agent.agentId,
    version: agent.version,
    name: agent.name,
    description: agent.description,
    agentType: agent.agentType,
    capabilities: [...agent.capabilities],
    protocol: PROTOCOL_MESSAGES[agent.protocol],
    labels: { ...agent.labels },
    ...(agent.config === undefined ? {} : { config: agent.config }),
    ...(agent.timeoutMs === undefined ? {} : { timeout: durationOfMs(agent.timeoutMs) }),
    instances: agent.instances.map(instanceToMessage),
    createdAt: timestampOfMs(agent.createdAtMs),
    updatedAt: timestampOfMs(agent.updatedAtMs),
  });
}

function instanceToMessage(instance: InstanceRecord): MessageInitShape<typeof InstanceSchema> {
  const { instanceId, endpoint, health, healthDetail, lastHealthyAtMs } = instance;
  return {
    instanceId,
    endpoint,
    healthDetail,
    health: HEALTH_MESSAGES[health],
    ...(lastHealthyAtMs === undefined ? {} : { lastHealthyAt: timestampOfMs(lastHealthyAtMs) }),
  };
}

/** The protocol of a request; undefined: it is to be found out, or is none that this version knows. */
export function protocolOfMessage(protocol: AgentProtocol): Protocol | undefined {
  return Object.entries(PROTOCOL_MESSAGES).find(([, message]) => message === protocol)?.[0] as Protocol | undefined;
}

/** The state to look for; undefined: none that this version knows. */
export function healthOfMessage(health: InstanceHealth): Health | undefined {
  return Object.entries(HEALTH_MESSAGES).find(([, message]) => message === health)?.[0] as Health | undefined;
}
