import type { AgentDetails, AgentKey, AgentRecord, Health } from '../domain/agent-record.ts';

/** What a list of agents is narrowed by; all must hold. */
export interface AgentFilter {
  readonly namespace: string;
  /** Agents with all of these; empty: any. */
  readonly capabilities: readonly string[];
  /** Empty: any. */
  readonly agentType: string;
  /** Agents with at least one such instance; undefined: any. */
  readonly health: Health | undefined;
  /** Agents whose id comes after this one; empty: from the first. */
  readonly afterAgentId: string;
  readonly limit: number;
}

/** A new state of an instance. */
export interface HealthChange extends AgentKey {
  readonly instanceId: string;
  readonly health: Health;
  readonly healthDetail: string;
}

/** A successful probe. */
export interface HealthySign extends AgentKey {
  readonly instanceId: string;
  readonly atMs: number;
}

/**
 * Agents and their instances.
 *
 * S1. A write is all or nothing, and tells every registry process which agents it changed, after it is durable.
 * S2. A write that changes nothing tells nobody.
 */
export interface AgentStore {
  /**
   * Puts an agent and its whole set of endpoints. `settle` gets what is known so far; it runs while no other
   * registration of this agent does.
   */
  put(
    key: AgentKey,
    endpoints: readonly string[],
    settle: (before: AgentRecord | undefined) => AgentDetails,
  ): Promise<{ readonly agent: AgentRecord; readonly created: boolean }>;
  /** Changes an agent's details if it is there still. */
  amend(key: AgentKey, settle: (before: AgentRecord) => AgentDetails): Promise<void>;
  /** False: there was no such agent. */
  remove(key: AgentKey): Promise<boolean>;
  get(key: AgentKey): Promise<AgentRecord | undefined>;
  /** In the order of their ids. */
  list(filter: AgentFilter): Promise<readonly AgentRecord[]>;
  /** The agents of these keys that exist; without keys, all of all namespaces. */
  load(keys: readonly AgentKey[] | undefined): Promise<readonly AgentRecord[]>;
  recordHealth(changes: readonly HealthChange[]): Promise<void>;
  /** Tells nobody: when an instance last answered is no news. */
  recordSigns(signs: readonly HealthySign[]): Promise<void>;
}
