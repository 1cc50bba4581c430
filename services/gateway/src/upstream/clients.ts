import type { Client } from '@connectrpc/connect';
import { DoctorService } from '@skein/contracts/doctor';
import { EventService, MessageService, MetricsService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import {
  AgentRegistryService,
  CatalogueService,
  DeploymentService,
  RpcRegistryService,
  ToolService,
} from '@skein/contracts/registry';
import {
  ApprovalService,
  LimitService,
  NamespaceService,
  RunService,
  ScheduleService,
  WorkflowService,
} from '@skein/contracts/scheduler';
import { WorkerService } from '@skein/contracts/worker';
import { explainOutage } from './explain-outage.ts';

/** The services behind the edge. */
export interface Clients {
  readonly runs: Client<typeof RunService>;
  readonly workflows: Client<typeof WorkflowService>;
  readonly approvals: Client<typeof ApprovalService>;
  readonly schedules: Client<typeof ScheduleService>;
  readonly limits: Client<typeof LimitService>;
  readonly namespaces: Client<typeof NamespaceService>;
  readonly agents: Client<typeof AgentRegistryService>;
  readonly services: Client<typeof RpcRegistryService>;
  readonly tools: Client<typeof ToolService>;
  readonly deployments: Client<typeof DeploymentService>;
  readonly catalogue: Client<typeof CatalogueService>;
  readonly events: Client<typeof EventService>;
  readonly messages: Client<typeof MessageService>;
  readonly metrics: Client<typeof MetricsService>;
  readonly llm: Client<typeof LlmService>;
  readonly workers: Client<typeof WorkerService>;
  /** The audit of each service that has a database, by its name. */
  readonly doctors: Readonly<Record<string, Client<typeof DoctorService>>>;
}

/** The same clients; a service that does not answer is named in the error. */
export function explainedClients(clients: Clients): Clients {
  return {
    runs: explainOutage(RunService, 'scheduler', clients.runs),
    workflows: explainOutage(WorkflowService, 'scheduler', clients.workflows),
    approvals: explainOutage(ApprovalService, 'scheduler', clients.approvals),
    schedules: explainOutage(ScheduleService, 'scheduler', clients.schedules),
    limits: explainOutage(LimitService, 'scheduler', clients.limits),
    namespaces: explainOutage(NamespaceService, 'scheduler', clients.namespaces),
    agents: explainOutage(AgentRegistryService, 'registry', clients.agents),
    services: explainOutage(RpcRegistryService, 'registry', clients.services),
    tools: explainOutage(ToolService, 'registry', clients.tools),
    deployments: explainOutage(DeploymentService, 'registry', clients.deployments),
    catalogue: explainOutage(CatalogueService, 'registry', clients.catalogue),
    events: explainOutage(EventService, 'event-log', clients.events),
    messages: explainOutage(MessageService, 'event-log', clients.messages),
    metrics: explainOutage(MetricsService, 'event-log', clients.metrics),
    llm: explainOutage(LlmService, 'llm-proxy', clients.llm),
    workers: explainOutage(WorkerService, 'executor', clients.workers),
    doctors: Object.fromEntries(
      Object.entries(clients.doctors).map(([name, doctor]) => [name, explainOutage(DoctorService, name, doctor)]),
    ),
  };
}
