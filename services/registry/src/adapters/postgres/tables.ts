import type { JsonObject } from '@bufbuild/protobuf';
import type { ColumnType, Generated } from 'kysely';
import type { FactName, Health, Protocol } from '../../domain/agent-record.ts';
import type { RpcProtocol } from '../../domain/rpc-service-record.ts';
import type { ToolKind } from '../../domain/tool-record.ts';

/** One agent. */
export interface AgentTable {
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
  card_facts: readonly FactName[];
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** One endpoint of an agent. */
export interface InstanceTable {
  namespace: string;
  agent_id: string;
  instance_id: string;
  endpoint: string;
  position: number;
  health: Generated<Health>;
  health_detail: Generated<string>;
  last_healthy_at: Date | null;
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

/** The schema `registry`. */
export interface RegistryTables {
  tool: ToolTable;
  rpc_service: RpcServiceTable;
  agent: AgentTable;
  instance: InstanceTable;
}
