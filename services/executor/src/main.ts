/** The executor as a process of its own. */
import { createClient } from '@connectrpc/connect';
import { createNatsBus } from '@skein/bus';
import { EventService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import { AgentRegistryService } from '@skein/contracts/registry';
import { TaskService } from '@skein/contracts/scheduler';
import { runMain, ServiceStack, type Service } from '@skein/lifecycle';
import { grpcTransport } from '@skein/rpc';
import { createLogger, startAdminServer, startTelemetry } from '@skein/telemetry';
import type { Logger } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { executorConfig, type ExecutorConfig } from './config.ts';
import { createExecutorService } from './service.ts';

/** Time beyond the drain for reports, events and connections. */
const STOP_SLACK_MS = 10_000;

let logger: Logger;

await runMain<ExecutorConfig>('executor', {
  config: (env) => executorConfig.load(env),
  log: (config) => (logger = createLogger({ service: 'executor', level: config.telemetry.logLevel })),
  start: startProcess,
  graceMs: (config) => config.tasks.drainTimeoutMs + STOP_SLACK_MS,
});

async function startProcess(config: ExecutorConfig): Promise<Service> {
  const stack = new ServiceStack('executor');
  const { otlpEndpoint, sampleRatio } = config.telemetry;
  const telemetry = await stack.start('telemetry', () =>
    startTelemetry({
      service: 'executor',
      version: packageJson.version,
      sampleRatio,
      ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }),
    }),
  );
  const bus = await stack.start('bus', () =>
    createNatsBus({
      servers: config.natsServers,
      name: 'skein-executor',
      onError: (error, place) => logger.warn({ err: error, place }, 'the bus has trouble'),
    }),
  );
  const connect = (address: string) => {
    const transport = grpcTransport({ address });
    stack.defer(() => transport[Symbol.dispose]());
    return transport;
  };
  const executor = await stack.start('executor', () =>
    createExecutorService({
      config,
      schedulers: config.schedulerAddresses.map((name) => ({ name, tasks: createClient(TaskService, connect(name)) })),
      registry: createClient(AgentRegistryService, connect(config.registryAddress)),
      llm: createClient(LlmService, connect(config.llmProxyAddress)),
      events: createClient(EventService, connect(config.eventLogAddress)),
      bus,
      logger,
    }),
  );
  await stack.start('admin server', () =>
    startAdminServer({
      ...config.admin,
      metrics: () => telemetry.renderMetrics(),
      readyz: async () => ({ executor: await executor.ready() }),
    }),
  );
  return stack;
}
