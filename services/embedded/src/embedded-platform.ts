/**
 * Every service in one process: the same code, the same contracts, called directly. Postgres is the real server
 * from npm, the bus is an in-process adapter.
 *
 * Owns: the database server, the bus and the order in which the services start and stop. The one place where
 * services meet; they still know each other by contract alone.
 */
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Transport } from '@connectrpc/connect';
import { createMemoryBus } from '@skein/bus';
import type { Environment } from '@skein/config';
import { EventService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import { AgentRegistryService } from '@skein/contracts/registry';
import { RunService, TaskService, WorkflowService } from '@skein/contracts/scheduler';
import { createEventLogService } from '@skein/event-log';
import { createExecutorService, executorConfig, type AgentFunctions } from '@skein/executor';
import { createGatewayService, gatewayConfig } from '@skein/gateway';
import { ServiceStack, type Service } from '@skein/lifecycle';
import { createLlmProxyService, llmProxyConfig } from '@skein/llm-proxy';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@skein/postgres';
import { createRegistryService, registryConfig } from '@skein/registry';
import { directTransport, type ServiceBinding } from '@skein/rpc';
import { createSchedulerService } from '@skein/scheduler';
import { startAdminServer, startTelemetry, type TelemetryOptions } from '@skein/telemetry';
import type { Logger } from 'pino';
import { embeddedConfig } from './config.ts';
import { readPlatformNote, removePlatformNote, writePlatformNote } from './platform-note.ts';

/** How to start an embedded platform. */
export interface EmbeddedOptions {
  /** Keeps everything between starts. Made when missing. */
  readonly dataDir: string;
  /** Port of the API; 0 takes a free one. Default 8080. */
  readonly httpPort?: number;
  /** Makes the logger of a part; its name belongs in the lines' field `logger`. */
  readonly loggerOf: (part: string) => Logger;
  /** What the services read their settings from. Default: nothing, so that every setting has its default. */
  readonly env?: Environment;
  /** Agents that run inside the executor, by name. */
  readonly functions?: AgentFunctions;
  /** Further receivers of finished spans, for tests. */
  readonly spanProcessors?: TelemetryOptions['spanProcessors'];
}

/** A platform in this process. */
export interface EmbeddedPlatform extends Service {
  readonly elsewhere: false;
  /** Base URL of the API. */
  readonly apiUrl: string;
  /** Base URL of /healthz, /readyz and /metrics. */
  readonly adminUrl: string;
  /** The answer of every part. */
  readonly readiness: ServiceStack['readiness'];
}

/** The data folder belongs to a platform in another process: be its client. */
export interface PlatformElsewhere {
  readonly elsewhere: true;
  readonly apiUrl: string;
  readonly pid: number;
}

const DEFAULT_HTTP_PORT = 8080;
const NOTE_WAIT_MS = 15_000;
const NOTE_POLL_MS = 50;

/** Starts a platform, or finds the one that owns the data folder. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPlatform | PlatformElsewhere> {
  const dataDir = resolve(options.dataDir);
  const database = await startEmbeddedPostgres({
    dataDir: join(dataDir, 'postgres'),
    log: options.loggerOf('postgres'),
  });
  if (database.kind === 'already_running') return findElsewhere(dataDir, database.ownerPid);
  const stack = new ServiceStack('embedded');
  await stack.start('postgres', () => database);
  const adminUrl = await startObservation(stack, options);
  const apiUrl = await startServices(stack, database, options);
  await writePlatformNote(dataDir, {
    mode: 'embedded',
    pid: process.pid,
    api_url: apiUrl,
    admin_url: adminUrl,
    started_at: new Date().toISOString(),
  });
  stack.defer(() => removePlatformNote(dataDir));
  return {
    elsewhere: false,
    name: 'embedded',
    apiUrl,
    adminUrl,
    ready: () => stack.ready(),
    readiness: () => stack.readiness(),
    [Symbol.asyncDispose]: () => stack.stop(),
  };
}

/** Telemetry comes before the services: their meters are taken when they start. */
async function startObservation(
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

async function startServices(
  stack: ServiceStack,
  database: EmbeddedPostgres,
  { loggerOf, env = {}, httpPort = DEFAULT_HTTP_PORT, functions = {} }: EmbeddedOptions,
): Promise<string> {
  const databaseUrl = database.url;
  const bus = await stack.start('bus', () => createMemoryBus());

  const { builtin, openai, ...llmSettings } = llmProxyConfig.load(env);
  const [registry, llmProxy] = await Promise.all([
    stack.start('registry', () =>
      createRegistryService({
        databaseUrl,
        probe: registryConfig.load(env).probe,
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
  const scheduler = await stack.start('scheduler', () =>
    createSchedulerService({
      schedulerId: 'scheduler-1',
      address: 'embedded',
      databaseUrl,
      bus,
      registry: agents,
      logger: loggerOf('scheduler'),
    }),
  );
  const tasks = createClient(TaskService, transportTo(scheduler));
  const eventLog = await stack.start('event-log', () =>
    createEventLogService({ databaseUrl, bus, schedulerTasks: tasks, logger: loggerOf('event-log') }),
  );
  const events = createClient(EventService, transportTo(eventLog));
  const llm = createClient(LlmService, transportTo(llmProxy));
  await stack.start('executor', () =>
    createExecutorService({
      config: executorConfig.load(env),
      schedulers: [{ name: 'scheduler', tasks }],
      registry: agents,
      llm,
      events,
      bus,
      logger: loggerOf('executor'),
      functions,
    }),
  );
  const gateway = await stack.start('gateway', () =>
    createGatewayService({
      ...gatewayConfig.load({ ...env, HTTP_PORT: String(httpPort) }),
      clients: {
        runs: createClient(RunService, transportTo(scheduler)),
        workflows: createClient(WorkflowService, transportTo(scheduler)),
        agents,
        events,
        llm,
      },
      logger: loggerOf('gateway'),
    }),
  );
  return gateway.url;
}

function transportTo({ bindings }: { readonly bindings: readonly ServiceBinding[] }): Transport {
  return directTransport(bindings);
}

/** The owner of the database writes its note a moment after it has started. */
async function findElsewhere(dataDir: string, ownerPid: number): Promise<PlatformElsewhere> {
  const deadline = performance.now() + NOTE_WAIT_MS;
  while (performance.now() < deadline) {
    const note = await readPlatformNote(dataDir);
    if (note?.pid === ownerPid) return { elsewhere: true, apiUrl: note.api_url, pid: ownerPid };
    await delay(NOTE_POLL_MS);
  }
  throw new Error(
    `process ${ownerPid} owns ${dataDir} but serves no API; end it, or use another folder with SKEIN_DATA_DIR`,
  );
}
