/** The platform's API as its contracts have it: generated clients over Connect, nothing private. */
import { createClient, type Client, type Interceptor } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
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
import type { Session } from '../session.ts';
import { apiAddress } from './address.ts';
import { explainUnreachable } from './unreachable.ts';

export interface Api {
  /** Base URL, without a slash at its end. */
  readonly address: string;
  /** Tenant of every request. */
  readonly namespace: string;
  readonly runs: Client<typeof RunService>;
  readonly workflows: Client<typeof WorkflowService>;
  readonly schedules: Client<typeof ScheduleService>;
  readonly approvals: Client<typeof ApprovalService>;
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
  readonly doctor: Client<typeof DoctorService>;
}

/** Clients for an address. Every call ends when `signal` fires. */
export function createApi(address: string, namespace: string, signal?: AbortSignal): Api {
  const interceptors = [explainUnreachable(address), ...(signal ? [endWith(signal)] : [])];
  const transport = createConnectTransport({ baseUrl: address, httpVersion: '1.1', interceptors });
  return {
    address,
    namespace,
    runs: createClient(RunService, transport),
    workflows: createClient(WorkflowService, transport),
    schedules: createClient(ScheduleService, transport),
    approvals: createClient(ApprovalService, transport),
    limits: createClient(LimitService, transport),
    namespaces: createClient(NamespaceService, transport),
    agents: createClient(AgentRegistryService, transport),
    services: createClient(RpcRegistryService, transport),
    tools: createClient(ToolService, transport),
    deployments: createClient(DeploymentService, transport),
    catalogue: createClient(CatalogueService, transport),
    events: createClient(EventService, transport),
    messages: createClient(MessageService, transport),
    metrics: createClient(MetricsService, transport),
    llm: createClient(LlmService, transport),
    doctor: createClient(DoctorService, transport),
  };
}

/** Clients for the platform that a command means. */
export async function connect({ settings, host }: Session): Promise<Api> {
  return createApi(await apiAddress(settings), settings.namespace, host.interrupted);
}

function endWith(signal: AbortSignal): Interceptor {
  return (next) => (request) => next({ ...request, signal: AbortSignal.any([request.signal, signal]) });
}
