import { createClient } from '@connectrpc/connect';
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
import { hostService } from '@skein/host';
import { balancedTransport, grpcTransport } from '@skein/rpc';
import { gatewayConfig } from './config.ts';
import { createGatewayService } from './service.ts';
import { isRepeatable } from './upstream/repeatable.ts';
import { workerTransport } from './upstream/worker-transport.ts';

await hostService({
  name: 'gateway',
  spec: gatewayConfig,
  // Its port speaks HTTP/1.1 and HTTP/2 alike, gRPC among them.
  serveRpc: false,
  async start(config, logger) {
    const scheduler = balancedTransport(config.schedulerAddresses, isRepeatable);
    const registry = grpcTransport({ address: config.registryAddress });
    const eventLog = grpcTransport({ address: config.eventLogAddress });
    const executors = workerTransport(config.executorAddresses);
    const llmProxy = grpcTransport({ address: config.llmProxyAddress });
    return createGatewayService({
      host: config.host,
      port: config.port,
      agentTimeoutMs: config.agentTimeoutMs,
      graceMs: config.graceMs,
      ingressUrl: config.ingressUrl,
      clients: {
        runs: createClient(RunService, scheduler),
        workflows: createClient(WorkflowService, scheduler),
        approvals: createClient(ApprovalService, scheduler),
        schedules: createClient(ScheduleService, scheduler),
        limits: createClient(LimitService, scheduler),
        namespaces: createClient(NamespaceService, scheduler),
        agents: createClient(AgentRegistryService, registry),
        services: createClient(RpcRegistryService, registry),
        tools: createClient(ToolService, registry),
        deployments: createClient(DeploymentService, registry),
        catalogue: createClient(CatalogueService, registry),
        events: createClient(EventService, eventLog),
        messages: createClient(MessageService, eventLog),
        metrics: createClient(MetricsService, eventLog),
        llm: createClient(LlmService, llmProxy),
        workers: createClient(WorkerService, executors),
        doctors: {
          'event-log': createClient(DoctorService, eventLog),
          'llm-proxy': createClient(DoctorService, llmProxy),
          registry: createClient(DoctorService, registry),
          scheduler: createClient(DoctorService, scheduler),
        },
      },
      logger,
      owned: [scheduler, registry, eventLog, llmProxy, executors],
    });
  },
});
