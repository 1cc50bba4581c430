import type { JsonObject } from '@bufbuild/protobuf';

/** How an agent is called. */
export const PROTOCOLS = ['GRPC', 'HTTP_PROCESS', 'HTTP_INVOKE_SSE', 'IN_PROCESS'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What the probes say of an instance; `UNKNOWN`: not probed yet. */
export type Health = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY';

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
}

/** A fact that a registration left to the agent. */
export type FactName = keyof AgentFacts;

/** Everything about an agent but its instances and its times. */
export interface AgentDetails extends AgentFacts {
  readonly agentType: string;
  readonly protocol: Protocol;
  readonly labels: Readonly<Record<string, string>>;
  readonly config: JsonObject | undefined;
  /** Longest time for one call; undefined: the caller's default. */
  readonly timeoutMs: number | undefined;
  /** Facts that follow what the agent says. */
  readonly cardFacts: readonly FactName[];
}

/** One endpoint of an agent. */
export interface InstanceRecord {
  readonly instanceId: string;
  readonly endpoint: string;
  readonly health: Health;
  /** Why it is unhealthy. Empty: it is not. */
  readonly healthDetail: string;
  /** Undefined: never. */
  readonly lastHealthyAtMs: number | undefined;
}

/** An agent as it is stored. */
export interface AgentRecord extends AgentKey, AgentDetails {
  /** In the order in which they were registered. */
  readonly instances: readonly InstanceRecord[];
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** One text that tells agents apart. */
export function keyText({ namespace, agentId }: AgentKey): string {
  return `${namespace}/${agentId}`;
}
