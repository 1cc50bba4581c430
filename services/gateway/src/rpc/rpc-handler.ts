import { connectNodeAdapter } from '@connectrpc/connect-node';
import type { ConnectRouter } from '@connectrpc/connect';
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
import { Health, ServerReflection } from '@skein/contracts/grpc';
import { createHealth, MAX_MESSAGE_BYTES, reflectionBinding } from '@skein/rpc';
import type { EdgeHandler } from '../edge/listener.ts';
import type { OpenStreams } from '../edge/open-streams.ts';
import type { Clients } from '../upstream/clients.ts';
import { doctorService } from './doctor-service.ts';
import { forward } from './forward.ts';

const PUBLIC = [
  RunService,
  WorkflowService,
  ApprovalService,
  ScheduleService,
  LimitService,
  NamespaceService,
  AgentRegistryService,
  RpcRegistryService,
  ToolService,
  DeploymentService,
  CatalogueService,
  EventService,
  MessageService,
  MetricsService,
  LlmService,
  WorkerService,
  DoctorService,
] as const;

/** Answers Connect, gRPC-web and gRPC. */
export interface RpcHandler {
  readonly handle: EdgeHandler;
  /** Whether a path is one of ours. */
  serves(path: string): boolean;
  /** Tells the watchers of the standard health service. */
  setServing(serving: boolean): void;
}

/** @param cut ends every call that still runs when it fires. */
export function createRpcHandler(clients: Clients, streams: OpenStreams, cut: AbortSignal): RpcHandler {
  const health = createHealth(PUBLIC.map(({ typeName }) => typeName));
  const paths = new Set<string>();
  const routes = (router: ConnectRouter): void => {
    router.service(RunService, forward(RunService, clients.runs, streams));
    router.service(WorkflowService, forward(WorkflowService, clients.workflows, streams));
    router.service(ApprovalService, forward(ApprovalService, clients.approvals, streams));
    router.service(ScheduleService, forward(ScheduleService, clients.schedules, streams));
    router.service(NamespaceService, forward(NamespaceService, clients.namespaces, streams));
    router.service(LimitService, forward(LimitService, clients.limits, streams));
    router.service(
      AgentRegistryService,
      forward(AgentRegistryService, clients.agents, streams, ['watchRoutes', 'reportCalls']),
    );
    router.service(RpcRegistryService, forward(RpcRegistryService, clients.services, streams));
    router.service(ToolService, forward(ToolService, clients.tools, streams));
    router.service(DeploymentService, forward(DeploymentService, clients.deployments, streams));
    router.service(CatalogueService, forward(CatalogueService, clients.catalogue, streams));
    router.service(EventService, forward(EventService, clients.events, streams, ['appendTaskEvents']));
    router.service(MessageService, forward(MessageService, clients.messages, streams));
    router.service(MetricsService, forward(MetricsService, clients.metrics, streams));
    router.service(LlmService, forward(LlmService, clients.llm, streams));
    router.service(WorkerService, forward(WorkerService, clients.workers, streams));
    router.service(DoctorService, doctorService(clients.doctors));
    const reflection = reflectionBinding([...PUBLIC, Health].map((service) => ({ service, methods: {} })));
    router.service(Health, implementationOf(health.binding));
    router.service(ServerReflection, implementationOf(reflection));
    for (const { requestPath } of router.handlers) paths.add(requestPath);
  };
  // As large as between services; what a field may hold is for the service to say.
  const handle = connectNodeAdapter({ routes, readMaxBytes: MAX_MESSAGE_BYTES, shutdownSignal: cut });
  return {
    handle,
    serves: (path) => paths.has(path),
    setServing: (serving) => health.setAll(serving ? 'SERVING' : 'NOT_SERVING'),
  };
}

/** The functions of a binding, which keeps each with its method's description. */
function implementationOf({ methods }: ReturnType<typeof reflectionBinding>): object {
  return Object.fromEntries(Object.entries(methods).map(([name, { impl }]) => [name, impl]));
}
