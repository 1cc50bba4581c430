/** An executor with everything around it that it needs, over either transport. */
import { fromBinary } from '@bufbuild/protobuf';
import { createClient, type Client, type Transport } from '@connectrpc/connect';
import type { Question } from '@skein/contracts/agent';
import { createMemoryBus } from '@skein/bus';
import { TaskEventBatchSchema, type TaskEvent } from '@skein/contracts/event';
import { EventService } from '@skein/contracts/eventlog';
import { LlmService } from '@skein/contracts/llm';
import {
  AgentRegistryService,
  AssignmentService,
  CatalogueService,
  RpcRegistryService,
  ToolService,
} from '@skein/contracts/registry';
import { TaskService, type TaskReport } from '@skein/contracts/scheduler';
import { WorkerService } from '@skein/contracts/worker';
import { bind, directTransport, grpcTransport, startGrpcServer, type ServiceBinding } from '@skein/rpc';
import { createLogger } from '@skein/telemetry';
import type { Logger } from 'pino';
import type { AgentFunctions } from '../app/agent-function.ts';
import type { HostTimes } from '../app/hosted-instance.ts';
import type { WorkerTimes } from '../app/worker-desk.ts';
import { executorConfig } from '../config.ts';
import { createExecutorService, type ExecutorService } from '../service.ts';
import { FakeEventLog } from './fake-event-log.ts';
import { FakeRegistry } from './fake-registry.ts';
import { FakeScheduler } from './fake-scheduler.ts';

/** How the services around an executor are reached. */
export type TransportKind = 'direct' | 'grpc';
export const TRANSPORTS: readonly TransportKind[] = ['direct', 'grpc'];

/** What a stage may have. */
export interface StageOptions {
  readonly transport?: TransportKind;
  /** Environment of the executor. */
  readonly env?: Readonly<Record<string, string>>;
  readonly functions?: AgentFunctions;
  readonly llm?: Partial<Parameters<typeof bind<typeof LlmService>>[1]>;
  /** Where other executors find this one; it is served there. Default: nowhere. */
  readonly address?: string;
  readonly workerTimes?: WorkerTimes;
  readonly hostTimes?: HostTimes;
  /** Default: a registry of its own. */
  readonly registry?: FakeRegistry;
  /** Default: silent. */
  readonly logger?: Logger;
  /** Called before the executor starts. */
  readonly prepare?: (stage: Pick<Stage, 'scheduler' | 'registry' | 'eventLog'>) => void;
}

/** A running executor and its surroundings. */
export interface Stage extends AsyncDisposable {
  readonly executor: ExecutorService;
  readonly scheduler: FakeScheduler;
  readonly registry: FakeRegistry;
  readonly eventLog: FakeEventLog;
  /** Dials in as workers do. */
  readonly workers: Client<typeof WorkerService>;
  /** Task events of a run as watchers see them, from now on. */
  watch(runId: string): Promise<TaskEvent[]>;
}

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const { transport: kind = 'direct', env = {}, functions = {}, prepare } = options;
  const { logger = createLogger({ service: 'executor', level: 'silent' }) } = options;
  const stack = new AsyncDisposableStack();
  const scheduler = new FakeScheduler();
  const { registry = new FakeRegistry() } = options;
  const eventLog = new FakeEventLog();
  for (const name of Object.keys(functions)) registry.addFunction(name);
  prepare?.({ scheduler, registry, eventLog });
  const bindings = [
    scheduler.binding,
    registry.binding,
    registry.serviceBinding,
    registry.toolBinding,
    registry.assignmentBinding,
    registry.catalogue.binding,
    eventLog.binding,
    llmBinding(options.llm),
  ];
  const transport = await connectTo(kind, bindings, stack);
  const bus = stack.use(createMemoryBus());
  const executor = stack.use(
    await createExecutorService({
      config: executorConfig.load({ SKEIN_EXECUTOR_DRAIN_TIMEOUT: '2s', ...env }),
      schedulers: [{ name: kind, tasks: createClient(TaskService, transport) }],
      registry: createClient(AgentRegistryService, transport),
      services: createClient(RpcRegistryService, transport),
      tools: createClient(ToolService, transport),
      assignments: createClient(AssignmentService, transport),
      catalogue: createClient(CatalogueService, transport),
      llm: createClient(LlmService, transport),
      events: createClient(EventService, transport),
      bus,
      logger,
      functions,
      ...(options.address === undefined ? {} : { address: options.address }),
      ...(options.hostTimes === undefined ? {} : { hostTimes: options.hostTimes }),
      ...(options.workerTimes === undefined ? {} : { workerTimes: options.workerTimes }),
    }),
  );
  if (options.address !== undefined) {
    const server = await startGrpcServer({ port: Number(options.address.split(':')[1]), bindings: executor.bindings });
    stack.defer(() => server.close(0));
  }
  return {
    executor,
    scheduler,
    registry,
    eventLog,
    workers: createClient(WorkerService, await connectTo(kind, executor.bindings, stack)),
    async watch(runId) {
      const seen: TaskEvent[] = [];
      const take = (body: Uint8Array) => void seen.push(...fromBinary(TaskEventBatchSchema, body).events);
      stack.use(await bus.subscribeTaskEvents({ namespace: 'default', runId }, take));
      return seen;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function connectTo(
  kind: TransportKind,
  bindings: readonly ServiceBinding[],
  stack: AsyncDisposableStack,
): Promise<Transport> {
  if (kind === 'direct') return directTransport(bindings);
  const server = await startGrpcServer({ port: 0, bindings });
  stack.defer(() => server.close(0));
  return stack.use(grpcTransport({ address: server.address }));
}

function llmBinding(implementation: StageOptions['llm'] = {}): ServiceBinding {
  return bind(LlmService, {
    complete: () => ({}),
    listModels: () => ({}),
    async *streamComplete() {},
    ...implementation,
  });
}

/** The JSON value of a report's output; throws where the task failed. */
export function outputOf(report: TaskReport): unknown {
  if (report.report.case !== 'succeeded') throw new Error(`not a success: ${JSON.stringify(report.report.value)}`);
  return JSON.parse(Buffer.from(report.report.value.output?.json ?? []).toString());
}

/** The question of a report; throws where the task asked nothing. */
export function questionIn(report: TaskReport): Question {
  if (report.report.case === 'asked') return report.report.value;
  throw new Error(`not a question: ${JSON.stringify(report.report.value)}`);
}

/** The failure of a report; throws where the task succeeded. */
export function failureIn(report: TaskReport) {
  const failure = report.report.case === 'failed' ? report.report.value.failure : undefined;
  if (failure === undefined) throw new Error('the task did not fail');
  return failure;
}
