import type { JsonObject } from '@bufbuild/protobuf';
import type { RoutingPolicy } from './routing-policy.ts';

/** How an agent is called. */
export const PROTOCOLS = [
  'GRPC',
  'HTTP_PROCESS',
  'HTTP_INVOKE_SSE',
  'IN_PROCESS',
  'A2A',
  'HTTP_EXECUTE',
  'PULL',
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** How an instance is; `UNKNOWN`: nobody has said yet. */
export type Health = 'UNKNOWN' | 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY';

/** Names an agent. */
export interface AgentKey {
  readonly namespace: string;
  readonly agentId: string;
}

/** What an agent can say about itself, so that its registration need not. */
export interface AgentFacts {
  /** Empty: it does not say. */
  readonly version: string;
  /** Empty: it does not say. */
  readonly name: string;
  /** Empty: it does not say. */
  readonly description: string;
  /** Sorted, without repeats. */
  readonly capabilities: readonly string[];
  /** skein.agent.v1.Skill in its JSON form. Empty: it does not say. */
  readonly skills: readonly JsonObject[];
}

/** A fact that a registration left to the agent. */
export type FactName = keyof AgentFacts;

/** How instances are probed; what is undefined is as the registry is configured. */
export interface ProbeSettings {
  readonly intervalMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** Failed probes in a row that make an instance unhealthy. */
  readonly unhealthyThreshold?: number | undefined;
  /** Successful probes in a row that make an unhealthy instance healthy; undefined: 1. */
  readonly healthyThreshold?: number | undefined;
  /** Not probed at all. */
  readonly disabled?: boolean | undefined;
}

/** What calls carry so that an agent lets them in. */
export interface Credentials {
  /** Name of a secret that executors have. */
  readonly secret: string;
  /** Empty: `authorization`, as a bearer token. */
  readonly header: string;
}

/** What a version of an agent is, but for its instances and its times. */
export interface AgentDetails extends AgentFacts {
  readonly agentType: string;
  readonly protocol: Protocol;
  readonly labels: Readonly<Record<string, string>>;
  readonly config: JsonObject | undefined;
  /** Longest time for one call; undefined: the caller's default. */
  readonly timeoutMs: number | undefined;
  readonly probe: ProbeSettings | undefined;
  /** Undefined: calls carry none. */
  readonly credentials: Credentials | undefined;
  /** Facts that follow what the agent says. */
  readonly cardFacts: readonly FactName[];
}

/** One version of an agent as it is stored. */
export interface AgentVersionRecord extends AgentDetails {
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** One endpoint of an agent. */
export interface InstanceRecord {
  readonly instanceId: string;
  readonly endpoint: string;
  /** The version of the agent that it is of. */
  readonly version: string;
  /** The worse of what the probes find and what it says of itself. */
  readonly health: Health;
  /** Why it is not healthy. Empty: it is, or nobody knows. */
  readonly healthDetail: string;
  /** What the probes find alone. */
  readonly probedHealth: Health;
  /** Undefined: never. */
  readonly lastHealthyAtMs: number | undefined;
  readonly drained: boolean;
  /** Empty: it is not drained, or nobody said why. */
  readonly drainReason: string;
  /** How long it is kept without being heard of; undefined: until it is unregistered. */
  readonly leaseTtlMs: number | undefined;
  readonly leaseExpiresAtMs: number | undefined;
}

/** An agent as it is stored. */
export interface AgentRecord extends AgentKey {
  /** Undefined: the defaults. */
  readonly routing: RoutingPolicy | undefined;
  /** The newest first; at least one. */
  readonly versions: readonly [AgentVersionRecord, ...AgentVersionRecord[]];
  /** Of all versions, in the order in which they were registered. */
  readonly instances: readonly InstanceRecord[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** One text that tells agents apart. */
export function keyText({ namespace, agentId }: AgentKey): string {
  return `${namespace}/${agentId}`;
}
