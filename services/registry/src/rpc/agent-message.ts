import { create, fromJson, type MessageInitShape } from '@bufbuild/protobuf';
import { SkillSchema } from '@skein/contracts/agent';
import {
  AgentProtocol,
  AgentSchema,
  BreakerState,
  InstanceHealth,
  InstanceSchema,
  type Agent,
  type AgentVersionSchema,
  type Instance,
  type InstanceLoadSchema,
  type ProbePolicySchema,
} from '@skein/contracts/registry';
import { durationOfMs, timestampOfMs } from '@skein/events';
import type * as store from '../app/agent-store.ts';
import type { LoadBook } from '../app/load-book.ts';
import type {
  AgentRecord,
  AgentVersionRecord,
  Health,
  InstanceRecord,
  ProbeSettings,
  Protocol,
} from '../domain/agent-record.ts';
import { routingToMessage } from './routing-message.ts';

const PROTOCOL_MESSAGES: Readonly<Record<Protocol, AgentProtocol>> = {
  GRPC: AgentProtocol.GRPC,
  HTTP_PROCESS: AgentProtocol.HTTP_PROCESS,
  HTTP_INVOKE_SSE: AgentProtocol.HTTP_INVOKE_SSE,
  IN_PROCESS: AgentProtocol.IN_PROCESS,
  PULL: AgentProtocol.PULL,
  A2A: AgentProtocol.A2A,
  HTTP_EXECUTE: AgentProtocol.HTTP_EXECUTE,
};

const HEALTH_MESSAGES: Readonly<Record<Health, InstanceHealth>> = {
  UNKNOWN: InstanceHealth.UNSPECIFIED,
  HEALTHY: InstanceHealth.HEALTHY,
  DEGRADED: InstanceHealth.DEGRADED,
  UNHEALTHY: InstanceHealth.UNHEALTHY,
};

const BREAKER_MESSAGES: Readonly<Record<store.BreakerState, BreakerState>> = {
  CLOSED: BreakerState.CLOSED,
  OPEN: BreakerState.OPEN,
  HALF_OPEN: BreakerState.HALF_OPEN,
};

/** Where loads are read. */
export type Loads = Pick<LoadBook, 'loadOf'>;

/** Says no loads: executors are told of them beside the routes. */
export const NO_LOADS: Loads = { loadOf: () => undefined };

/** An agent for the wire. */
export function agentToMessage(agent: AgentRecord, loads: Loads): Agent {
  const [newest] = agent.versions;
  const {
    createdAt: _created,
    updatedAt: _updated,
    skills: _skills,
    probe: _probe,
    ...ofNewest
  } = versionToMessage(newest);
  return create(AgentSchema, {
    ...ofNewest,
    namespace: agent.namespace,
    agentId: agent.agentId,
    instances: agent.instances.map((instance) => instanceToMessage(instance, loads)),
    createdAt: timestampOfMs(agent.createdAtMs),
    updatedAt: timestampOfMs(agent.updatedAtMs),
    ...(agent.routing === undefined ? {} : { routing: routingToMessage(agent.routing) }),
    versions: agent.versions.map(versionToMessage),
  });
}

/** A version for the wire. */
export function versionToMessage(version: AgentVersionRecord) {
  return {
    version: version.version,
    name: version.name,
    description: version.description,
    agentType: version.agentType,
    capabilities: [...version.capabilities],
    protocol: PROTOCOL_MESSAGES[version.protocol],
    labels: { ...version.labels },
    ...(version.config === undefined ? {} : { config: version.config }),
    ...(version.timeoutMs === undefined ? {} : { timeout: durationOfMs(version.timeoutMs) }),
    skills: version.skills.map((skill) => fromJson(SkillSchema, skill, { ignoreUnknownFields: true })),
    ...(version.probe === undefined ? {} : { probe: probeToMessage(version.probe) }),
    ...(version.credentials === undefined ? {} : { credentials: version.credentials }),
    createdAt: timestampOfMs(version.createdAtMs),
    updatedAt: timestampOfMs(version.updatedAtMs),
  } satisfies MessageInitShape<typeof AgentVersionSchema>;
}

function probeToMessage(probe: ProbeSettings): MessageInitShape<typeof ProbePolicySchema> {
  return {
    ...(probe.intervalMs === undefined ? {} : { interval: durationOfMs(probe.intervalMs) }),
    ...(probe.timeoutMs === undefined ? {} : { timeout: durationOfMs(probe.timeoutMs) }),
    unhealthyThreshold: probe.unhealthyThreshold ?? 0,
    healthyThreshold: probe.healthyThreshold ?? 0,
    disabled: probe.disabled ?? false,
  };
}

/** An instance for the wire. */
export function instanceToMessage(instance: InstanceRecord, loads: Loads): Instance {
  const { instanceId, endpoint, version, health, healthDetail, lastHealthyAtMs } = instance;
  const { drained, drainReason, leaseExpiresAtMs } = instance;
  const load = loads.loadOf(instanceId);
  return create(InstanceSchema, {
    instanceId,
    endpoint,
    version,
    healthDetail,
    drained,
    drainReason,
    health: HEALTH_MESSAGES[health],
    ...(lastHealthyAtMs === undefined ? {} : { lastHealthyAt: timestampOfMs(lastHealthyAtMs) }),
    ...(leaseExpiresAtMs === undefined ? {} : { leaseExpiresAt: timestampOfMs(leaseExpiresAtMs) }),
    ...(load === undefined ? {} : { load: loadToMessage(load) }),
  });
}

/** A load for the wire. */
export function loadToMessage(load: store.InstanceLoad): MessageInitShape<typeof InstanceLoadSchema> {
  return {
    ...(load.load === undefined ? {} : { load: load.load }),
    inFlight: load.inFlight,
    latencyMs: load.latencyMs,
    breaker: load.breaker === undefined ? BreakerState.UNSPECIFIED : BREAKER_MESSAGES[load.breaker],
    reportedAt: timestampOfMs(load.reportedAtMs),
  };
}

/** The protocol of a request; undefined: it is to be found out, or is none that this version knows. */
export function protocolOfMessage(protocol: AgentProtocol): Protocol | undefined {
  return wordOf(PROTOCOL_MESSAGES, protocol);
}

/** The state to look for; undefined: none that this version knows. */
export function healthOfMessage(health: InstanceHealth): Health | undefined {
  return wordOf(HEALTH_MESSAGES, health);
}

/** Whether calls go through; undefined: not said, or not in words that this version knows. */
export function breakerOfMessage(breaker: BreakerState): store.BreakerState | undefined {
  return wordOf(BREAKER_MESSAGES, breaker);
}

function wordOf<Word extends string>(messages: Readonly<Record<Word, number>>, message: number): Word | undefined {
  return (Object.keys(messages) as Word[]).find((word) => messages[word] === message);
}
