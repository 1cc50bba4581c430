import type { Client } from '@connectrpc/connect';
import { DoctorService } from '@skein/contracts/doctor';
import { EventService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import { AgentRegistryService, RpcRegistryService, ToolService } from '@skein/contracts/registry';
import {
  ApprovalService,
  LimitService,
  NamespaceService,
  RunService,
  ScheduleService,
  WorkflowService,
} from '@skein/contracts/scheduler';
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
  readonly events: Client<typeof EventService>;
  readonly llm: Client<typeof LlmService>;
  /** The audit of each service that has a database, by its name. */
  readonly doctors: Readonly<Record<string, Client<typeof DoctorService>>>;
}

/** The same clients; a service that does not answer is named in the error. */
export function explainedClients(clients: Clients): Clients {
  const { runs, workflows, approvals, schedules, limits, namespaces, agents, services, tools, events, llm, doctors } =
    clients;
  return {
    runs: explainOutage(RunService, 'scheduler', runs),
    workflows: explainOutage(WorkflowService, 'scheduler', workflows),
    approvals: explainOutage(ApprovalService, 'scheduler', approvals),
    schedules: explainOutage(ScheduleService, 'scheduler', schedules),
    limits: explainOutage(LimitService, 'scheduler', limits),
    namespaces: explainOutage(NamespaceService, 'scheduler', namespaces),
    agents: explainOutage(AgentRegistryService, 'registry', agents),
    services: explainOutage(RpcRegistryService, 'registry', services),
    tools: explainOutage(ToolService, 'registry', tools),
    events: explainOutage(EventService, 'event-log', events),
    llm: explainOutage(LlmService, 'llm-proxy', llm),
    doctors: Object.fromEntries(
      Object.entries(doctors).map(([name, doctor]) => [name, explainOutage(DoctorService, name, doctor)]),
    ),
  };
}
