import { createClient, type Client } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { EventService, MessageService, MetricsService } from '@skein/contracts/eventlog';
import { AgentRegistryService, RpcRegistryService, ToolService } from '@skein/contracts/registry';
import { ApprovalService, RunService, ScheduleService, WorkflowService } from '@skein/contracts/scheduler';

/** Generated clients for one platform. */
export interface Clients {
  readonly runs: Client<typeof RunService>;
  readonly workflows: Client<typeof WorkflowService>;
  readonly approvals: Client<typeof ApprovalService>;
  readonly schedules: Client<typeof ScheduleService>;
  readonly agents: Client<typeof AgentRegistryService>;
  readonly services: Client<typeof RpcRegistryService>;
  readonly tools: Client<typeof ToolService>;
  readonly events: Client<typeof EventService>;
  readonly messages: Client<typeof MessageService>;
  readonly metrics: Client<typeof MetricsService>;
}

/** Clients over Connect, as any program would make them. */
export function createClients(apiUrl: string): Clients {
  const transport = createConnectTransport({ baseUrl: apiUrl, httpVersion: '1.1' });
  return {
    runs: createClient(RunService, transport),
    workflows: createClient(WorkflowService, transport),
    approvals: createClient(ApprovalService, transport),
    schedules: createClient(ScheduleService, transport),
    agents: createClient(AgentRegistryService, transport),
    services: createClient(RpcRegistryService, transport),
    tools: createClient(ToolService, transport),
    events: createClient(EventService, transport),
    messages: createClient(MessageService, transport),
    metrics: createClient(MetricsService, transport),
  };
}
