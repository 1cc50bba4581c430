import { randomUUID } from 'node:crypto';
import { createClient, type Client } from '@connectrpc/connect';
import type { EventBus } from '@skein/bus';
import type { AgentRegistryService } from '@skein/contracts/registry';
import {
  ApprovalService,
  LimitService,
  NamespaceService,
  RunService,
  ScheduleService,
  TaskService,
  WorkflowService,
} from '@skein/contracts/scheduler';
import { isTerminal } from '@skein/domain';
import { HISTORY_VERSION } from '@skein/events';
import type { HostedService } from '@skein/host';
import { notReady, READY } from '@skein/lifecycle';
import { checkDurability, createKysely, createPool, migrate } from '@skein/postgres';
import { auditBinding, bind, directTransport } from '@skein/rpc';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { schedulerAudit } from './adapters/postgres/audit/scheduler-audit.ts';
import { grpcPeers } from './adapters/grpc/peers.ts';
import { postgresCalledRunStore, runTokenKey } from './adapters/postgres/called-run-store.ts';
import { postgresLimitStore } from './adapters/postgres/limit-store.ts';
import { postgresMemberStore } from './adapters/postgres/member-store.ts';
import { postgresRunArchive } from './adapters/postgres/run-archive.ts';
import { postgresRunPruning } from './adapters/postgres/run-pruning.ts';
import { postgresNamespaceStore } from './adapters/postgres/retention/namespace-store.ts';
import { postgresRunRetention } from './adapters/postgres/retention/run-retention.ts';
import { postgresRunStore } from './adapters/postgres/run-store.ts';
import { postgresScheduleStore } from './adapters/postgres/schedule-store.ts';
import type { SchedulerTables } from './adapters/postgres/tables.ts';
import { postgresWorkflowStore } from './adapters/postgres/workflow-store.ts';
import { payloadBucket } from './adapters/s3/payload-bucket.ts';
import { followAgentLimits } from './adapters/registry/agent-limits.ts';
import { registryAgentDirectory } from './adapters/registry/agent-directory.ts';
import { scheduledRuns, type EndRun } from './adapters/runs/scheduled-runs.ts';
import { telemetryObserver } from './adapters/telemetry/engine-observer.ts';
import { scheduleObserver } from './adapters/telemetry/schedule-observer.ts';
import { CleaningRounds } from './app/cleaning-rounds.ts';
import { Membership } from './app/membership.ts';
import { Ownership } from './app/ownership.ts';
import { PlanCache } from './app/plan-cache.ts';
import { objectRound } from './app/payloads/object-sweep.ts';
import { PayloadObjects } from './app/payloads/payload-objects.ts';
import { retentionRound } from './app/retention/run-retention.ts';
import { pruneRuns } from './app/run-pruning.ts';
import type { OutboxBatch } from './app/run-store.ts';
import { SchedulerCore } from './app/scheduler-core.ts';
import { RunTokens } from './app/run-token.ts';
import { ScheduleClock } from './app/schedules/schedule-clock.ts';
import { ScheduleKeeper } from './app/schedules/schedule-keeper.ts';
import type { PayloadSettings } from './payload-settings.ts';
import { typed, withTypedErrors } from './rpc/answer-errors.ts';
import { approvalService } from './rpc/approval-service.ts';
import { limitService } from './rpc/limits/limit-service.ts';
import { namespaceService } from './rpc/namespaces/namespace-service.ts';
import { runService } from './rpc/run-service.ts';
import { scheduleService } from './rpc/schedules/schedule-service.ts';
import { taskService } from './rpc/task-service.ts';
import { workflowService } from './rpc/workflow-service.ts';

/** What a scheduler is made of. */
export interface SchedulerOptions {
  /** Unique among the schedulers of one database. */
  readonly schedulerId: string;
  /** Where executors and other schedulers reach this one: `host:port`. */
  readonly address: string;
  readonly databaseUrl: string;
  /** Most connections to Postgres; default 10. */
  readonly databasePoolMax?: number;
  /** Time after its end when a run's events may be pruned, in milliseconds; at least a minute. Default an hour. */
  readonly pruneAfterMs?: number;
  /** Time after its end when a run is deleted where its namespace does not say, in milliseconds. Default 30 days. */
  readonly runRetentionMs?: number;
  /** Where large payloads are kept; default: Postgres, and no bucket. */
  readonly payloads?: PayloadSettings;
  readonly bus: EventBus;
  readonly registry: Client<typeof AgentRegistryService>;
  readonly logger: Logger;
  /** Stopped after the scheduler, in reverse order. */
  readonly owned?: readonly (AsyncDisposable | Disposable)[];
}

const PRUNE_AFTER_MS = 3_600_000;
const RUN_RETENTION_MS = 30 * 86_400_000;

/**
 * Starts a scheduler: brings its schema up to date, joins the live ones, and adopts the open runs that are its own.
 * @throws PostgresError when the database cannot be used, or would not keep what it acknowledges.
 */
export async function createSchedulerService(options: SchedulerOptions): Promise<HostedService> {
  const { schedulerId, databaseUrl, bus, logger, runRetentionMs = RUN_RETENTION_MS } = options;
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

  const runObserver = telemetryObserver(logger);
  const observer: typeof runObserver = {
    ...runObserver,
    transitionCommitted(plan, before, after, events) {
      runObserver.transitionCommitted(plan, before, after, events);
      if (isTerminal(after.status)) clock.runEnded(after.runId);
    },
  };
  const bucket = options.payloads && payloadBucket(options.payloads);
  const objects = bucket && new PayloadObjects(bucket);
  const shelf = options.payloads?.store === 's3' ? objects : undefined;
  const store = postgresRunStore(pool, objects);
  const limits = postgresLimitStore(pool);
  const retention = postgresRunRetention(pool);
  const namespaces = postgresNamespaceStore(pool);
  const workflows = postgresWorkflowStore(createKysely<SchedulerTables>(pool));
  const plans = new PlanCache(workflows);
  const agents = registryAgentDirectory(
    options.registry,
    () => performance.now(),
    (error) => logger.debug({ err: error }, 'the registry does not answer; agents are not checked'),
  );
  const ownership: Ownership = new Ownership({
    schedulerId,
    isFresh: () => membership.isFresh,
    monotonicMs: () => performance.now(),
  });
  const peers = cleanup.use(grpcPeers());
  const core = new SchedulerCore({
    peers,
    store,
    limits,
    calledRuns: postgresCalledRunStore(pool),
    objects: shelf,
    plans,
    carrier: bus,
    observer,
    ownership,
    newCommitId: uuidv7,
    nowMs: () => membership.nowMs(),
    random: Math.random,
  });
  cleanup.use(core);
  const confirmations = await bus.subscribeConfirmations((body) => core.outbox.confirm(body));
  cleanup.use(confirmations);

  await core.book.reload();
  cleanup.use(
    followAgentLimits({
      registry: options.registry,
      limits,
      onLost: (error) => logger.debug({ err: error }, 'limits of agents stay as they are until the registry answers'),
    }),
  );
  const { engine, dispatcher, book, admission, called } = core;
  const tokens = new RunTokens(await runTokenKey(pool));
  const imports = {
    archive: postgresRunArchive(pool),
    objects: shelf,
    workflows,
    newCommitId: uuidv7,
    onStored: (batch: OutboxBatch) => core.outbox.publish(batch),
  };
  const read = { engine, dispatcher, store, limits, book, plans, agents, ownership, peers, imports, retention };
  const parts = { ...read, called, tokens };
  const onDefect = (rpc: string, error: unknown) => logger.error({ err: error, rpc }, 'a call failed unforeseen');
  const runBinding = bind(RunService, withTypedErrors(RunService, runService(parts), onDefect));

  const schedules = postgresScheduleStore(pool);
  const fires = scheduleObserver(logger);
  const ownRuns = createClient(RunService, directTransport([runBinding]));
  const cancel: EndRun = (namespace, runId, reason) => ownRuns.cancelRun({ namespace, runId, reason });
  const terminate: EndRun = (namespace, runId, reason) => ownRuns.terminateRun({ namespace, runId, reason });
  const keeper = new ScheduleKeeper({
    ...fires,
    store: schedules,
    runs: scheduledRuns({ runs: ownRuns, store, cancel, terminate }),
    nowMs: () => membership.nowMs(),
  });
  const clock = new ScheduleClock({ ...fires, store: schedules, keeper, ownership, nowMs: () => membership.nowMs() });

  const membership: Membership = new Membership({
    store: postgresMemberStore(databaseUrl),
    life: { schedulerId, address: options.address, incarnation: randomUUID(), historyVersion: HISTORY_VERSION },
    onMembers(members, rejoined) {
      logger.info({ members: members.map((it) => it.schedulerId), rejoined }, 'the live schedulers have changed');
      peers.retain(members);
      core.membersChanged(members, rejoined).catch((error: unknown) => observer.storeFailed(error));
      clock.membersChanged();
    },
    onExcluded() {
      logger.warn('the other schedulers took this one for dead; it joins again');
      core.excluded();
    },
    onResumed() {
      core.resumed();
      clock.poke();
    },
    onWorkflowChanged: (workflow) => plans.forgetLatest(workflow),
    onSchedulesChanged: () => clock.poke(),
    onLimitsChanged(runId) {
      if (runId !== undefined) core.admission.granted(runId);
      else core.book.reload().catch((error: unknown) => observer.storeFailed(error));
    },
    onCallSlotFreed: (limit) => core.calls.changed(limit),
    onRetry: (error) => logger.warn({ err: error }, 'cannot keep its place among the live schedulers'),
  });
  cleanup.use(membership);
  // Before the place among the live schedulers is left: fires that are being started can still be.
  cleanup.use(clock);
  await membership.firstTry;
  await core.adopted;
  core.keeper.start();
  const pruning = {
    store: postgresRunPruning(pool, objects),
    ageMs: options.pruneAfterMs ?? PRUNE_AFTER_MS,
    onKept: (runId: string, error: unknown) =>
      logger.warn({ run_id: runId, err: error }, 'the history of an ended run cannot be folded; it stays'),
  };
  const onFailed = (error: unknown) => observer.storeFailed(error);
  cleanup.use(new CleaningRounds({ clean: () => pruneRuns(pruning), onFailed }));
  const onDeleted = (runs: number) => logger.info({ runs }, 'runs that were past their retention are deleted');
  cleanup.use(new CleaningRounds({ clean: retentionRound(retention, runRetentionMs, onDeleted), onFailed }));
  if (objects !== undefined) {
    const isWalker = () => ownership.shards.includes(0);
    const [nowMs, monotonicMs] = [() => membership.nowMs(), () => performance.now()];
    const clean = objectRound({ deletions: retention, store, objects, isWalker, nowMs, monotonicMs });
    cleanup.use(new CleaningRounds({ clean, onFailed }));
  }

  const scheduleParts = { ...fires, store: schedules, keeper, runs: store, nowMs: () => membership.nowMs() };
  const onReportFailed = (runId: string, error: unknown) => observer.reportFailed(runId, error);
  const stopping = cleanup.move();
  return {
    name: 'scheduler',
    bindings: [
      runBinding,
      bind(ApprovalService, withTypedErrors(ApprovalService, approvalService(parts), onDefect)),
      bind(
        WorkflowService,
        withTypedErrors(WorkflowService, workflowService({ ...parts, store: workflows, runs: store }), onDefect),
      ),
      bind(
        NamespaceService,
        withTypedErrors(NamespaceService, namespaceService({ namespaces, runRetentionMs }), onDefect),
      ),
      bind(LimitService, withTypedErrors(LimitService, limitService({ limits, book, admission }), onDefect)),
      bind(ScheduleService, withTypedErrors(ScheduleService, scheduleService(scheduleParts), onDefect)),
      bind(
        TaskService,
        withTypedErrors(
          TaskService,
          taskService({ ...parts, onReportFailed, takeRun: (runId) => core.takeRun(runId) }),
          onDefect,
        ),
      ),
      auditBinding(
        'scheduler',
        schedulerAudit(pool, core.outbox, store, { retention, runRetentionMs }, objects),
        (error) => typed(error, 'DoctorService/Audit', onDefect),
      ),
    ],
    ready: () => (ownership.isActive ? READY : notReady('not among the live schedulers: the database is away')),
    [Symbol.asyncDispose]: () => stopping[Symbol.asyncDispose](),
  };
}
