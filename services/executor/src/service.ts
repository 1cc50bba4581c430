/**
 * The executor, put together: takes tasks from schedulers, calls agents and models, streams, reports.
 *
 * Owns the order in which its parts stop: no new tasks, then the running ones end, and workers leave as they have nothing in
 * hand; then reports and events go out, then the streams close; what is left by then is cancelled here and given back by the
 * broken stream.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@connectrpc/connect';
import type { EventBus } from '@skein/bus';
import type { EventService } from '@skein/contracts/eventlog';
import type { LlmService } from '@skein/contracts/llm';
import {
  InstanceLogService,
  type AgentRegistryService,
  type AssignmentService,
  type CatalogueService,
  type RpcRegistryService,
  type ToolService,
} from '@skein/contracts/registry';
import { AgentService } from '@skein/contracts/agent';
import { WorkerService } from '@skein/contracts/worker';
import type { HostedService } from '@skein/host';
import { notReady, READY, type Readiness } from '@skein/lifecycle';
import { bind, trustedRootsIn } from '@skein/rpc';
import type { Logger } from 'pino';
import { BusLiveEvents } from './adapters/bus/bus-live-events.ts';
import { eventLogStore } from './adapters/event-log/event-log-store.ts';
import type { AgentFunctions } from './app/agent-function.ts';
import { hostDesk } from './adapters/hosting/host-desk.ts';
import { httpTools } from './adapters/http/http-tools.ts';
import { modelClient } from './adapters/llm/model-client.ts';
import { agentProtocols } from './adapters/protocols.ts';
import { rpcCaller } from './adapters/rpc/rpc-caller.ts';
import { serviceDirectory } from './adapters/registry/service-directory.ts';
import { requestInstance } from './adapters/registry/assignment-watch.ts';
import { reportCalls } from './adapters/registry/report-calls.ts';
import { workerDirectory } from './adapters/registry/worker-directory.ts';
import { ExecutorPeers } from './adapters/worker/executor-peers.ts';
import { toolDirectory } from './adapters/registry/tool-directory.ts';
import { watchRoutes } from './adapters/registry/route-watch.ts';
import { secretFolder } from './adapters/secrets/secret-folder.ts';
import { grpcScheduler } from './adapters/scheduler/grpc-scheduler.ts';
import { SchedulerLinks } from './adapters/scheduler/scheduler-links.ts';
import { connectionTelemetry, observeTasks } from './adapters/telemetry/connection-telemetry.ts';
import { taskTelemetry } from './adapters/telemetry/task-telemetry.ts';
import { AgentTasks } from './app/agent-task.ts';
import { atMost } from './app/at-most.ts';
import { AppendQueue } from './app/append-queue.ts';
import { ConcurrencyBudget } from './app/concurrency-budget.ts';
import { EventSpool } from './app/event-spool.ts';
import { CallReporter } from './app/call-reporter.ts';
import type { HostTimes } from './app/hosted-instance.ts';
import { InstanceWake } from './app/instance-wake.ts';
import { InstanceLedger } from './app/instance-ledger.ts';
import type { OwnCalls } from './app/last-calls.ts';
import { RouteTable } from './app/route-table.ts';
import { RpcTasks } from './app/rpc-task.ts';
import type { SchedulerPeer } from './app/scheduler-peer.ts';
import { TaskDesk } from './app/task-desk.ts';
import { TaskRunner } from './app/task-runner.ts';
import { ToolTasks } from './app/tool-task.ts';
import { WORKER_TIMES, workerDesk, type WorkerTimes } from './app/worker-desk.ts';
import { workerEndpoint } from './domain/worker-address.ts';
import { instanceLogService } from './rpc/instance-log-service.ts';
import { relayAgent } from './rpc/relay-agent.ts';
import type { TaskToken } from './rpc/task-token.ts';
import { workerService } from './rpc/worker-service.ts';
import type { ExecutorConfig } from './config.ts';

/** What an executor is made of. The clients may lead to this process or to another. */
export interface ExecutorServiceOptions {
  readonly config: Pick<ExecutorConfig, 'tasks' | 'hosting' | 'agents'>;
  /** At least one. */
  readonly schedulers: readonly SchedulerPeer[];
  readonly registry: Client<typeof AgentRegistryService>;
  readonly services: Client<typeof RpcRegistryService>;
  readonly tools: Client<typeof ToolService>;
  readonly assignments: Client<typeof AssignmentService>;
  readonly catalogue: Client<typeof CatalogueService>;
  readonly llm: Client<typeof LlmService>;
  readonly events: Client<typeof EventService>;
  readonly bus: Pick<EventBus, 'publishTaskEvents' | 'maxPayloadBytes'>;
  readonly logger: Logger;
  /** `host:port` at which other executors reach this one. Default: there are no others. */
  readonly address?: string;
  /** Default: those of `WORKER_TIMES`. */
  readonly workerTimes?: WorkerTimes;
  /** Default: those of `HOST_TIMES`. */
  readonly hostTimes?: HostTimes;
  /** Of which instances of deployments get a few variables of the machine. Default: none. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** In-process agents by name. Default: none. */
  readonly functions?: AgentFunctions;
  /** Disposed after the executor, the last one first. */
  readonly owned?: readonly (AsyncDisposable | Disposable)[];
}

/** A running executor. */
export interface ExecutorService extends HostedService {
  /** Unique per process. */
  readonly executorId: string;
  /** Takes no more tasks; resolves when the running ones have ended or the drain timeout has passed. */
  drain(): Promise<void>;
}

/** Of the only executor, in the process of its schedulers. */
const EMBEDDED_ADDRESS = 'embedded';
const CALL_REPORT_INTERVAL_MS = 2000;
/** Longest wait for acknowledgements and for event-log at the end, after the tasks have ended. */
const FLUSH_TIMEOUT_MS = 3000;

/** Longest time that instances of deployments get for each step of their end, when this executor stops. */
const HOST_STOP_LIMIT_MS = 1500;

/** Starts an executor; it takes tasks as soon as the routes are known. */
export async function createExecutorService(options: ExecutorServiceOptions): Promise<ExecutorService> {
  const { config, schedulers, logger } = options;
  const executorId = `executor-${randomUUID()}`;
  const connections = connectionTelemetry(logger);
  const routes = new RouteTable();
  const ledger = new InstanceLedger();
  const executorAddress = options.address ?? EMBEDDED_ADDRESS;
  const workers = workerDesk({
    directory: workerDirectory(options.registry, executorAddress, routes),
    times: options.workerTimes ?? WORKER_TIMES,
    onCome: ({ namespace, agentId }) => routes.nudge(namespace, agentId),
    onFailed: (error) => connections.workerReportFailed(error),
  });
  const peers = new ExecutorPeers();
  const { caFile, secretsDirectory } = config.agents;
  const roots = caFile === undefined ? undefined : await trustedRootsIn(caFile, 'SKEIN_EXECUTOR_AGENT_CA_FILE');
  const functions = options.functions ?? {};
  const protocols = agentProtocols({ functions, workers: workers.hub, executorAddress, roots });
  const queue = new AppendQueue({
    store: eventLogStore(options.events),
    observer: connections,
    maxBytes: config.tasks.eventBufferBytes,
  });
  const spool = new EventSpool(queue);
  const live = new BusLiveEvents(options.bus);
  const { agentTimeoutMs, agentWaitMs, wakeTimeoutMs } = config.tasks;
  const wake = new InstanceWake({
    routes,
    wakeTimeoutMs,
    workerReturnMs: (options.workerTimes ?? WORKER_TIMES).resumeMs,
    request: (namespace, agentId, version) => requestInstance(options.assignments, { namespace, agentId, version }),
  });
  const agents = new AgentTasks({
    routes,
    protocols,
    agentTimeoutMs,
    agentWaitMs,
    ledger,
    wake,
    secrets: secretFolder(secretsDirectory),
    random: Math.random,
  });
  const services = serviceDirectory(options.services);
  const rpcPort = rpcCaller(services);
  const rpc = new RpcTasks({ services, port: rpcPort });
  const http = httpTools();
  const tools = new ToolTasks({ tools: toolDirectory(options.tools), rpc, http });
  const models = modelClient(options.llm);
  const runner = new TaskRunner({ agents, models, rpc, tools, observer: taskTelemetry(logger) });
  const desk = new TaskDesk({ runner, outlets: { live, spool, nowMs: Date.now } });
  observeTasks(() => desk.counts);
  const budget = new ConcurrencyBudget(config.tasks.concurrency);
  const links = new SchedulerLinks({
    schedulers,
    connect: grpcScheduler,
    executorId,
    budget,
    desk,
    observer: connections,
  });
  const watch = watchRoutes({ registry: options.registry, routes, ledger, observer: connections });
  const reporter = new CallReporter({
    ledger,
    intervalMs: CALL_REPORT_INTERVAL_MS,
    send: (calls) => reportCalls(options.registry, executorId, calls),
    onFailed: (error) => connections.callReportFailed(error),
  });
  const host = hostDesk({
    executorId,
    registry: options.registry,
    assignments: options.assignments,
    catalogue: options.catalogue,
    ...config.hosting,
    host: hostOf(options.address),
    address: executorAddress,
    environment: options.environment ?? {},
    functions,
    ownCalls: options.address === undefined ? ownCallsOf(routes, ledger) : undefined,
    ...(options.hostTimes === undefined ? {} : { times: options.hostTimes }),
    logger,
  });
  // Before anybody knows where agents are, tasks are better off in the scheduler's queue.
  void routes.whenSynced.then(() => links.take());

  let draining: Promise<void> | undefined;
  const drain = (): Promise<void> =>
    (draining ??= (async () => {
      links.drain();
      // Others take over what runs here, while tasks that need it end.
      const idle = Promise.all([desk.whenIdle(), workers.hub.drain()]);
      await Promise.all([host.leave(), atMost(idle, config.tasks.drainTimeoutMs)]);
      // What workers are at by now they go on with, at another executor.
      workers.hub.release();
    })());

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await drain();
    desk.cancelAll('the executor stops');
    live.flush();
    // No task needs the instances any more: they end while reports and events go out.
    const hosted = host.stop(HOST_STOP_LIMIT_MS);
    await atMost(Promise.all([desk.whenEmpty(), spool.flush()]), FLUSH_TIMEOUT_MS);
    await hosted;
    queue.stop();
    await Promise.all([links, watch, reporter, workers].map((part) => part[Symbol.asyncDispose]()));
    peers[Symbol.dispose]();
    await Promise.all([...protocols.values(), rpcPort, http].map((adapter) => adapter[Symbol.asyncDispose]()));
    await using owned = new AsyncDisposableStack();
    for (const part of options.owned ?? []) owned.use(part);
  };

  return {
    name: 'executor',
    executorId,
    bindings: [
      bind(
        WorkerService,
        workerService({
          ...workers,
          executorAddress,
          heartbeatMs: (options.workerTimes ?? WORKER_TIMES).heartbeatMs,
          peerOf: (token) => (isRouted(routes, token) ? peers.client(token.executorAddress) : undefined),
        }),
      ),
      bind(AgentService, relayAgent(workers.hub)),
      bind(InstanceLogService, instanceLogService(host.logs)),
    ],
    drain,
    ready: () => (draining === undefined ? readiness(routes, links) : notReady('the executor drains')),
    [Symbol.asyncDispose]: () => (stopping ??= stop()),
  };
}

/** The machine of `host:port`; all is on one where there are no others. */
function hostOf(address: string | undefined): string {
  return address === undefined ? '127.0.0.1' : address.slice(0, address.lastIndexOf(':'));
}

/** For the only executor: what it knows itself is all there is to know. */
function ownCallsOf(routes: RouteTable, ledger: InstanceLedger): OwnCalls {
  return {
    isOut({ namespace, agentId, instanceId }) {
      const target = routes.find(namespace, agentId)?.targets.find((each) => each.instanceId === instanceId);
      return target === undefined || target.isDrained;
    },
    inFlight: ({ instanceId }) => ledger.inFlight(instanceId),
  };
}

/** Tokens come from outside: only an executor at which the worker is registered is asked. */
function isRouted(routes: RouteTable, { namespace, agentId, workerId, executorAddress }: TaskToken): boolean {
  const endpoint = workerEndpoint(executorAddress, workerId);
  return routes.find(namespace, agentId)?.targets.some((target) => target.endpoint === endpoint) === true;
}

function readiness(routes: RouteTable, links: SchedulerLinks): Readiness {
  if (!routes.synced) return notReady('the registry has not said yet where agents are');
  return links.connected ? READY : notReady(`no scheduler is connected, of ${links.names}`);
}
