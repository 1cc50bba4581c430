import type { Client } from '@connectrpc/connect';
import type { EventBus } from '@skein/bus';
import type { AgentRegistryService } from '@skein/contracts/registry';
import { RunService, TaskService, WorkflowService } from '@skein/contracts/scheduler';
import type { HostedService } from '@skein/host';
import { Backoff, notReady, READY } from '@skein/lifecycle';
import { checkDurability, createKysely, createPool, migrate } from '@skein/postgres';
import { bind } from '@skein/rpc';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { PostgresLeadership } from './adapters/postgres/leadership.ts';
import { postgresRunStore } from './adapters/postgres/run-store.ts';
import type { SchedulerTables } from './adapters/postgres/tables.ts';
import { postgresWorkflowStore } from './adapters/postgres/workflow-store.ts';
import { registryAgentDirectory } from './adapters/registry/agent-directory.ts';
import { telemetryObserver } from './adapters/telemetry/engine-observer.ts';
import { Dispatcher } from './app/dispatcher.ts';
import { CommitLanes } from './app/commit-lanes.ts';
import { requireActive } from './app/leadership.ts';
import { Outbox } from './app/outbox.ts';
import { PlanCache } from './app/plan-cache.ts';
import { RunEngine } from './app/run-engine.ts';
import { RunKeeper } from './app/run-keeper.ts';
import { withTypedErrors } from './rpc/answer-errors.ts';
import { runService } from './rpc/run-service.ts';
import { taskService } from './rpc/task-service.ts';
import { workflowService } from './rpc/workflow-service.ts';

/** What a scheduler is made of. */
export interface SchedulerOptions {
  /** Unique among the schedulers of one database, and the same after a restart. */
  readonly schedulerId: string;
  readonly databaseUrl: string;
  /** Most connections to Postgres; default 10. */
  readonly databasePoolMax?: number;
  readonly bus: EventBus;
  readonly registry: Client<typeof AgentRegistryService>;
  readonly logger: Logger;
  /** Stopped after the scheduler, in reverse order. */
  readonly owned?: readonly (AsyncDisposable | Disposable)[];
}

/**
 * Starts a scheduler: brings its schema up to date, becomes the active one if it can, and adopts the open runs.
 * @throws PostgresError when the database cannot be used, or would not keep what it acknowledges.
 */
export async function createSchedulerService(options: SchedulerOptions): Promise<HostedService> {
  const { schedulerId, databaseUrl, bus, logger } = options;
  await using cleanup = new AsyncDisposableStack();
  for (const owned of options.owned ?? []) {
    cleanup.defer(() => (Symbol.asyncDispose in owned ? owned[Symbol.asyncDispose]() : owned[Symbol.dispose]()));
  }
  const pool = createPool(databaseUrl, {
    max: options.databasePoolMax ?? 10,
    applicationName: 'skein-scheduler',
    schema: 'scheduler',
  });
  cleanup.defer(() => pool.end());
  await checkDurability(pool);
  await migrate(pool, { schema: 'scheduler', directory: `${import.meta.dirname}/adapters/postgres/migrations` });

  const observer = telemetryObserver(logger);
  const store = postgresRunStore(pool);
  const workflows = postgresWorkflowStore(createKysely<SchedulerTables>(pool));
  const plans = new PlanCache(workflows);
  const agents = registryAgentDirectory(
    options.registry,
    () => performance.now(),
    (error) => logger.debug({ err: error }, 'the registry does not answer; agents are not checked'),
  );
  const outbox = new Outbox({ carrier: bus, store, onPublishFailed: (error) => observer.publishFailed(error) });
  const lanes = new CommitLanes({
    store,
    outbox,
    newCommitId: uuidv7,
    onRetry: (error) => observer.storeFailed(error),
    pause: retryPause,
  });
  const dispatcher = new Dispatcher({
    onTimeout: (runId, key, timeout) => submit(runId, { kind: 'task_timed_out', key, timeout }),
    onLost: (runId, key, reason) => submit(runId, { kind: 'lose_dispatch', key, reason }),
  });
  const engine = new RunEngine({
    store,
    plans,
    dispatcher,
    commit: (pending) => lanes.add(pending),
    nowMs: Date.now,
    random: Math.random,
    observer,
  });
  const submit = (runId: string, command: Parameters<RunEngine['submit']>[1]): void => {
    engine.submit(runId, command).catch((error: unknown) => observer.reportFailed(runId, error));
  };
  const keeper = new RunKeeper({ engine, store, outbox, observer, isActive: () => leadership.isActive });
  const confirmations = await bus.subscribeConfirmations((body) => outbox.confirm(body));
  cleanup.defer(() => confirmations[Symbol.asyncDispose]());

  const leadership: PostgresLeadership = new PostgresLeadership({
    databaseUrl,
    schedulerId,
    onRetry: (error) => logger.warn({ err: error }, 'cannot reach the database to become the active scheduler'),
    async onActive(continued) {
      if (continued && engine.size > 0) return;
      engine.release();
      const adopted = await keeper.adoptAll();
      logger.info({ adopted }, 'this scheduler is the active one');
    },
  });
  cleanup.defer(() => lanes.idle());
  cleanup.defer(() => engine.stop());
  cleanup.defer(() => leadership[Symbol.asyncDispose]());
  cleanup.defer(() => keeper[Symbol.asyncDispose]());
  await leadership.firstTry;
  keeper.start();

  const parts = { engine, dispatcher, store, plans, agents, requireActive: () => requireActive(leadership) };
  const onDefect = (rpc: string, error: unknown) => logger.error({ err: error, rpc }, 'a call failed unforeseen');
  const onReportFailed = (runId: string, error: unknown) => observer.reportFailed(runId, error);
  const stopping = cleanup.move();
  return {
    name: 'scheduler',
    bindings: [
      bind(RunService, withTypedErrors(RunService, runService(parts), onDefect)),
      bind(
        WorkflowService,
        withTypedErrors(WorkflowService, workflowService({ ...parts, store: workflows }), onDefect),
      ),
      bind(
        TaskService,
        withTypedErrors(TaskService, taskService({ ...parts, schedulerId, leadership, onReportFailed }), onDefect),
      ),
    ],
    ready: () =>
      leadership.isActive ? READY : notReady('stands by: another scheduler is active, or the database is away'),
    [Symbol.asyncDispose]: () => stopping[Symbol.asyncDispose](),
  };
}

/** Waits between tries at a store that fails: 10 ms, doubling up to 1 s. */
function retryPause(tries: number): Promise<void> {
  const backoff = new Backoff({ initialMs: 10 * 2 ** Math.min(tries, 7), maxMs: 1000, jitter: 0.5 });
  return new Promise((resolve) => setTimeout(resolve, backoff.nextMs()));
}
