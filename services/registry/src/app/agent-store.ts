import type { AgentChange } from '../domain/agent-change.ts';
import type { AgentKey, AgentRecord, Health } from '../domain/agent-record.ts';

/** What a list of agents is narrowed by; all must hold. */
export interface AgentFilter {
  readonly namespace: string;
  /** Agents with a version that has all of these; empty: any. */
  readonly capabilities: readonly string[];
  /** Agents with a version of this type. Empty: any. */
  readonly agentType: string;
  /** Agents with at least one such instance; undefined: any. */
  readonly health: Health | undefined;
  /** Agents whose id comes after this one; empty: from the first. */
  readonly afterAgentId: string;
  readonly limit: number;
}

/** Names an instance. */
export interface InstanceKey extends AgentKey {
  readonly instanceId: string;
}

/** What the probes find of an instance now. */
export interface HealthChange extends InstanceKey {
  readonly health: Health;
  readonly healthDetail: string;
}

/** A successful probe. */
export interface HealthySign extends InstanceKey {
  readonly atMs: number;
}

/** What an instance says of itself. */
export interface InstanceHeartbeat extends InstanceKey {
  readonly health: Health;
  readonly healthDetail: string;
  /** Share of its capacity in use; undefined: it does not say. */
  readonly load: number | undefined;
  readonly inFlight: number | undefined;
  readonly latencyMs: number | undefined;
}

/** Whether calls go through to an instance. */
export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

/** The calls of one executor at one instance. */
export interface InstanceCalls extends InstanceKey {
  readonly executorId: string;
  readonly inFlight: number;
  /** 0: none has ended. */
  readonly latencyMs: number;
  readonly breaker: BreakerState;
}

/** How busy an instance is, by its own word or that of the executors; undefined: not said. */
export interface InstanceLoad {
  readonly instanceId: string;
  readonly load: number | undefined;
  readonly inFlight: number;
  /** 0: not known. */
  readonly latencyMs: number;
  /** Undefined: no executor has said anything. */
  readonly breaker: BreakerState | undefined;
  readonly reportedAtMs: number;
}

/**
 * Agents, their versions and their instances.
 *
 * S1. A write is all or nothing, and tells every registry process which agents it changed, after it is durable.
 * S2. A write that changes nothing that others see tells nobody.
 */
export interface AgentStore {
  /**
   * Changes an agent. `decide` gets what is known so far; it runs while no other change of this agent does, and what it
   * throws undoes everything. Undefined: nothing is to be changed.
   */
  change(
    key: AgentKey,
    decide: (before: AgentRecord | undefined) => AgentChange | undefined,
  ): Promise<{ readonly before: AgentRecord | undefined; readonly agent: AgentRecord | undefined }>;
  /** Forgets a version, and the agent with its last one; without a version all. False: there was no such thing. */
  remove(key: AgentKey, version: string): Promise<boolean>;
  /** Undefined: there is no such instance. */
  setDrained(key: InstanceKey, drained: boolean, reason: string): Promise<AgentRecord | undefined>;
  /** The agent stays, also without an instance. */
  removeInstance(key: InstanceKey): Promise<void>;
  get(key: AgentKey): Promise<AgentRecord | undefined>;
  /** In the order of their ids. */
  list(filter: AgentFilter): Promise<readonly AgentRecord[]>;
  /** The agents of these keys that exist; without keys, all of all namespaces. */
  load(keys: readonly AgentKey[] | undefined): Promise<readonly AgentRecord[]>;
  recordHealth(changes: readonly HealthChange[]): Promise<void>;
  /** Tells nobody: when an instance last answered is no news. */
  recordSigns(signs: readonly HealthySign[]): Promise<void>;
}

/**
 * How busy instances are, and whether they still live.
 *
 * L1. Each method is one statement, whatever the number of instances.
 * L2. Whoever reads loads is told when there are new ones.
 */
export interface LoadStore {
  /** Renews leases; health that is new is told as a change of the agent. */
  recordHeartbeats(heartbeats: readonly InstanceHeartbeat[]): Promise<void>;
  recordCalls(calls: readonly InstanceCalls[]): Promise<void>;
  /** Those reported at `sinceMs` or later, and the database's time. */
  loadsSince(sinceMs: number): Promise<{ readonly loads: readonly InstanceLoad[]; readonly nowMs: number }>;
  /**
   * Forgets instances whose lease has run out, what instances said of their health and did not repeat, and calls that were not
   * repeated. Leases longer than `aliveForMs` are left: nobody could renew them before. Answers how many instances went.
   */
  sweep(aliveForMs: number): Promise<number>;
}
