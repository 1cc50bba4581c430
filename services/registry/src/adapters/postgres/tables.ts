import type { JsonObject } from '@bufbuild/protobuf';
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { BreakerState } from '../../app/agent-store.ts';
import type { Credentials, FactName, Health, ProbeSettings, Protocol } from '../../domain/agent-record.ts';
import type { AutoscaleSettings, PendingScale } from '../../domain/autoscale.ts';
import type { AssignmentState, RolloutSettings } from '../../domain/deployment-record.ts';
import type { RoutingPolicy } from '../../domain/routing-policy.ts';
import type { RpcProtocol } from '../../domain/rpc-service-record.ts';
import type { ToolKind } from '../../domain/tool-record.ts';

/** One agent. */
export interface AgentTable {
  namespace: string;
  agent_id: string;
  routing: ColumnType<RoutingPolicy | null, string | null, string | null>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** One version of an agent. */
export interface AgentVersionTable {
  namespace: string;
  agent_id: string;
  version: string;
  name: string;
  description: string;
  agent_type: string;
  capabilities: readonly string[];
  protocol: Protocol;
  labels: ColumnType<Record<string, string>, string, string>;
  config: ColumnType<JsonObject | null, string | null, string | null>;
  timeout_ms: number | null;
  skills: ColumnType<readonly JsonObject[], string, string>;
  probe: ColumnType<ProbeSettings | null, string | null, string | null>;
  credentials: ColumnType<Credentials | null, string | null, string | null>;
  card_facts: readonly FactName[];
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** One endpoint of a version of an agent. */
export interface InstanceTable {
  namespace: string;
  agent_id: string;
  instance_id: string;
  version: string;
  endpoint: string;
  position: number;
  /** The worse of `probed_health` and `reported_health`. */
  health: GeneratedAlways<Health>;
  probed_health: Generated<Health>;
  probed_detail: Generated<string>;
  reported_health: Generated<Health>;
  reported_detail: Generated<string>;
  last_healthy_at: Date | null;
  drained: Generated<boolean>;
  drain_reason: Generated<string>;
  lease_ttl_ms: number | null;
  lease_expires_at: Date | null;
  load: number | null;
  load_reported_at: Date | null;
  in_flight: number | null;
  latency_ms: number | null;
  reported_at: Date | null;
}

/** The calls of one executor at one instance. */
export interface InstanceCallsTable {
  executor_id: string;
  namespace: string;
  agent_id: string;
  instance_id: string;
  in_flight: number;
  latency_ms: number;
  breaker: BreakerState;
  reported_at: Date;
}

/** One rpc service. */
export interface RpcServiceTable {
  namespace: string;
  service_id: string;
  description: string;
  protocol: RpcProtocol;
  addresses: readonly string[];
  tls: boolean;
  descriptor_set: Buffer | null;
  descriptor_digest: Buffer | null;
  service_names: readonly string[];
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** One tool. */
export interface ToolTable {
  namespace: string;
  tool_id: string;
  description: string;
  input_schema: ColumnType<JsonObject | null, string | null, string | null>;
  output_schema: ColumnType<JsonObject | null, string | null, string | null>;
  kind: ToolKind['kind'];
  settings: ColumnType<JsonObject, string, string>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** One deployment. */
export interface DeploymentTable {
  namespace: string;
  deployment_id: string;
  agent_id: string;
  replicas: number;
  rollout: ColumnType<RolloutSettings, string, string>;
  /** Counts of 64 bits come as text. */
  revision: ColumnType<string, number, number>;
  complete_revision: ColumnType<string, number | undefined, number>;
  progress_count: Generated<number>;
  progress_at: Generated<Date>;
  deleting: Generated<boolean>;
  notice: Generated<string>;
  obstacle: Generated<string>;
  autoscale: ColumnType<AutoscaleSettings | null, string | null, string | null>;
  scale_pending: ColumnType<PendingScale | null, string | null, string | null>;
  scale_reason: Generated<string>;
  scaled_at: Date | null;
  used_at: Generated<Date>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** The template of one revision of a deployment. */
export interface DeploymentRevisionTable {
  namespace: string;
  deployment_id: string;
  revision: ColumnType<string, number, number>;
  template: ColumnType<JsonObject, string, string>;
  created_at: Generated<Date>;
}

/** One instance of a deployment, given to one executor. */
export interface AssignmentTable {
  assignment_id: string;
  namespace: string;
  deployment_id: string;
  revision: ColumnType<string, number, number>;
  executor_id: string;
  wanted: Generated<boolean>;
  state: ColumnType<AssignmentState, undefined, AssignmentState>;
  endpoint: Generated<string>;
  pid: ColumnType<string, undefined, number>;
  restarts: Generated<number>;
  failure: Generated<string>;
  container_id: Generated<string>;
  notice: Generated<string>;
  endpoints: Generated<readonly string[]>;
  updated_replicas: Generated<number>;
  created_at: Generated<Date>;
  ready_at: ColumnType<Date | null, undefined, Date | null>;
}

/** One executor that takes instances. */
export interface HostExecutorTable {
  executor_id: string;
  runtimes: readonly string[];
  capacity: number;
  address: Generated<string>;
  heard_at: Generated<Date>;
}

/** An executor that took instances once and was forgotten. */
export interface GoneExecutorTable {
  executor_id: string;
  gone_at: Generated<Date>;
}

/** The schema `registry`. */
/** An agent that the file of agents keeps. */
export interface AgentSourceTable {
  namespace: string;
  agent_id: string;
  source: 'CONFIG' | 'WELL_KNOWN';
}

export interface RegistryTables {
  deployment: DeploymentTable;
  deployment_revision: DeploymentRevisionTable;
  assignment: AssignmentTable;
  host_executor: HostExecutorTable;
  gone_executor: GoneExecutorTable;
  tool: ToolTable;
  rpc_service: RpcServiceTable;
  agent: AgentTable;
  agent_source: AgentSourceTable;
  agent_version: AgentVersionTable;
  instance: InstanceTable;
  instance_calls: InstanceCallsTable;
}
