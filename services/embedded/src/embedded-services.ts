/** The services of an embedded platform, put together. Loaded while the database starts: both take their time. */
import { createClient, type Transport } from '@connectrpc/connect';
import { createMemoryBus } from '@skein/bus';
import { DoctorService } from '@skein/contracts/doctor';
import { EventService, MessageService, MetricsService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import {
  AgentRegistryService,
  AssignmentService,
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
  TaskService,
  WorkflowService,
} from '@skein/contracts/scheduler';
import { WorkerService } from '@skein/contracts/worker';
import { createEventLogService, eventLogConfig } from '@skein/event-log';
import { createExecutorService, executorConfig } from '@skein/executor';
import { createGatewayService, gatewayConfig } from '@skein/gateway';
import type { ServiceStack } from '@skein/lifecycle';
import { createLlmProxyService, llmProxyConfig } from '@skein/llm-proxy';
import { createRegistryService, registryConfig } from '@skein/registry';
import { directTransport, type ServiceBinding } from '@skein/rpc';
import { createSchedulerService, schedulerConfig } from '@skein/scheduler';
import { startAdminServer, startTelemetry } from '@skein/telemetry';
import { embeddedConfig } from './config.ts';
import type { EmbeddedOptions } from './embedded-platform.ts';

const DEFAULT_HTTP_PORT = 8080;

/** Telemetry comes before the services: their meters are taken when they start. */
export async function startObservation(
  stack: ServiceStack,
  { env = {}, spanProcessors = [] }: EmbeddedOptions,
): Promise<string> {
  const { host, adminPort, tracing } = embeddedConfig.load(env);
  const { otlpEndpoint, sampleRatio } = tracing;
  const endpoint = otlpEndpoint === undefined ? {} : { otlpEndpoint };
  const telemetry = await stack.start('telemetry', () =>
    startTelemetry({ service: 'skein', version: '0.1.0', sampleRatio, spanProcessors, ...endpoint }),
  );
  const admin = await stack.start('admin server', () =>
    startAdminServer({
      host,
      port: adminPort,
      metrics: () => telemetry.renderMetrics(),
      readyz: () => stack.readiness(),
    }),
  );
  return admin.url;
}

/** Starts every service; answers the base URL of the API. */
export async function startServices(
  stack: ServiceStack,
  { url: databaseUrl }: { readonly url: string },
  { loggerOf, env = {}, httpPort = DEFAULT_HTTP_PORT, functions = {} }: EmbeddedOptions,
): Promise<string> {
  const bus = await stack.start('bus', () => createMemoryBus());

  // It is made after those who ask it.
  let toExecutor: Transport | undefined;
  const { builtin, openai, ...llmSettings } = llmProxyConfig.load(env);
  const registryEnv = registryConfig.load(env);
  const [registry, llmProxy] = await Promise.all([
    stack.start('registry', () =>
      createRegistryService({
        databaseUrl,
        probe: registryEnv.probe,
        agentsFile: registryEnv.agentsFile,
        agentCaFile: registryEnv.agentCaFile,
        executors: () => toExecutor,
        logger: loggerOf('registry'),
      }),
    ),
    stack.start('llm-proxy', () =>
      createLlmProxyService({
        ...llmSettings,
        providers: { builtin, openai },
        databaseUrl,
        logger: loggerOf('llm-proxy'),
      }),
    ),
  ]);
  const agents = createClient(AgentRegistryService, transportTo(registry));
  const services = createClient(RpcRegistryService, transportTo(registry));
  const tools = createClient(ToolService, transportTo(registry));
  const { pruneAfterMs, runRetentionMs, payloads } = schedulerConfig.load(env);
  const scheduler = await stack.start('scheduler', () =>
    createSchedulerService({
      schedulerId: 'scheduler-1',
      address: 'embedded',
      databaseUrl,
      bus,
      registry: agents,
      pruneAfterMs,
      runRetentionMs,
      payloads,
      logger: loggerOf('scheduler'),
    }),
  );
  const tasks = createClient(TaskService, transportTo(scheduler));
  const { messageRetentionMs, metricRetentionMs } = eventLogConfig.load(env);
  const eventLog = await stack.start('event-log', () =>
    createEventLogService({
      databaseUrl,
      bus,
      schedulerTasks: tasks,
      messageRetentionMs,
      metricRetentionMs,
      logger: loggerOf('event-log'),
    }),
  );
  const events = createClient(EventService, transportTo(eventLog));
  const llm = createClient(LlmService, transportTo(llmProxy));
  const executor = await stack.start('executor', () =>
    createExecutorService({
      config: executorConfig.load(env),
      schedulers: [{ name: 'scheduler', tasks }],
      registry: agents,
      services,
      tools,
      assignments: createClient(AssignmentService, transportTo(registry)),
      catalogue: createClient(CatalogueService, transportTo(registry)),
      environment: env,
      llm,
      events,
      bus,
      logger: loggerOf('executor'),
      functions,
    }),
  );
  toExecutor = transportTo(executor);
  const gateway = await stack.start('gateway', () =>
    createGatewayService({
      ...gatewayConfig.load({ ...env, HTTP_PORT: String(httpPort) }),
      clients: {
        runs: createClient(RunService, transportTo(scheduler)),
        workflows: createClient(WorkflowService, transportTo(scheduler)),
        approvals: createClient(ApprovalService, transportTo(scheduler)),
        schedules: createClient(ScheduleService, transportTo(scheduler)),
        limits: createClient(LimitService, transportTo(scheduler)),
        namespaces: createClient(NamespaceService, transportTo(scheduler)),
        agents,
        services,
        tools,
        deployments: createClient(DeploymentService, transportTo(registry)),
        catalogue: createClient(CatalogueService, transportTo(registry)),
        events,
        messages: createClient(MessageService, transportTo(eventLog)),
        metrics: createClient(MetricsService, transportTo(eventLog)),
        llm,
        workers: createClient(WorkerService, toExecutor),
        doctors: {
          'event-log': createClient(DoctorService, transportTo(eventLog)),
          'llm-proxy': createClient(DoctorService, transportTo(llmProxy)),
          registry: createClient(DoctorService, transportTo(registry)),
          scheduler: createClient(DoctorService, transportTo(scheduler)),
        },
      },
      logger: loggerOf('gateway'),
    }),
  );
  return gateway.url;
}

function transportTo({ bindings }: { readonly bindings: readonly ServiceBinding[] }): Transport {
  return directTransport(bindings);
}
