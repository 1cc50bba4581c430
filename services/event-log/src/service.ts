import type { Client } from '@connectrpc/connect';
import type { EventBus } from '@skein/bus';
import { EventService, MessageService, MetricsService } from '@skein/contracts/eventlog';
import type { TaskService } from '@skein/contracts/scheduler';
import type { HostedService } from '@skein/host';
import { READY, notReady, type Readiness } from '@skein/lifecycle';
import { checkDurability, createKysely, createPool, migrate, type Pool } from '@skein/postgres';
import { auditBinding, bind } from '@skein/rpc';
import type { Logger } from 'pino';
import { eventLogAudit } from './adapters/postgres/event-log-audit.ts';
import { postgresPendingMetrics } from './adapters/postgres/postgres-pending-metrics.ts';
import { postgresMetricStore } from './adapters/postgres/postgres-metric-store.ts';
import { PostgresMessageStore } from './adapters/postgres/postgres-message-store.ts';
import { PostgresRunEventStore } from './adapters/postgres/postgres-run-event-store.ts';
import { postgresRunEraser } from './adapters/postgres/postgres-run-eraser.ts';
import { PostgresTaskEventStore } from './adapters/postgres/postgres-task-event-store.ts';
import type { EventLogTables } from './adapters/postgres/tables.ts';
import { SchedulerPayloadSource } from './adapters/scheduler/scheduler-payload-source.ts';
import { schedulerDeletionSource } from './adapters/scheduler/scheduler-deletion-source.ts';
import { SchedulerHistorySource } from './adapters/scheduler/scheduler-history-source.ts';
import { telemetryObserver } from './adapters/telemetry/telemetry-observer.ts';
import { tracedBatches } from './adapters/telemetry/traced-batches.ts';
import { systemClock, type Clock } from './app/clock.ts';
import { IngestEventBatches } from './app/ingest-event-batches.ts';
import { LiveRuns } from './app/live-runs.ts';
import { forgetMessages } from './app/messages/message-retention.ts';
import { tidyMetrics } from './app/metrics/metric-store.ts';
import { countPending } from './app/metrics/pending-metrics.ts';
import { PayloadDesk } from './app/payload-desk.ts';
import { RunDeletions } from './app/run-deletions.ts';
import { RunHistory } from './app/run-history.ts';
import { Sweep } from './app/sweep.ts';
import { answerFor } from './rpc/answer-errors.ts';
import { CallsUnderWay } from './rpc/calls-under-way.ts';
import { eventService } from './rpc/event-service.ts';
import { messageService } from './rpc/messages/message-service.ts';
import { metricsService } from './rpc/metrics/metrics-service.ts';

/** What event-log is made of. */
export interface EventLogOptions {
  readonly databaseUrl: string;
  /** Most connections to Postgres; default 10. */
  readonly databasePoolMax?: number;
  readonly bus: EventBus;
  /** Asked for events that the bus has not brought. */
  readonly schedulerTasks: Client<typeof TaskService>;
  readonly logger: Logger;
  /** Age at which messages of no run are deleted, in milliseconds; default 7 days. */
  readonly messageRetentionMs?: number;
  /** Age at which counts are deleted, in milliseconds; default 90 days. */
  readonly metricRetentionMs?: number;
  /** Default: the time of this process. */
  readonly clock?: Clock;
  /** Stopped after event-log, in reverse order. */
  readonly owned?: readonly (AsyncDisposable | Disposable)[];
}

/**
 * A commit costs more than the events in it, and nobody waits for it: who follows a run hears of its events from the bus,
 * and the scheduler answers by its own. Twenty-five milliseconds make one commit of what would be ten or twenty.
 */
const GATHER_MS = 25;

/** Ends that came before their beginnings are counted with this delay. */
const PENDING_METRICS_MS = 5000;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Name of the durable consumer that all processes of this service share. */
const CONSUMER = 'event-log';

/**
 * Starts event-log: brings its schema up to date and begins to store what the bus brings.
 * @throws PostgresError when the database cannot be used, or would not keep what it acknowledges.
 */
export async function createEventLogService(options: EventLogOptions): Promise<HostedService> {
  const { bus, logger, clock = systemClock } = options;
  await using cleanup = new AsyncDisposableStack();
  for (const owned of options.owned ?? []) {
    cleanup.defer(() => (Symbol.asyncDispose in owned ? owned[Symbol.asyncDispose]() : owned[Symbol.dispose]()));
  }
  const pool = createPool(options.databaseUrl, {
    max: options.databasePoolMax ?? 10,
    applicationName: 'skein-event-log',
    schema: 'event_log',
    onIdleError: (error) => logger.warn({ err: error }, 'an idle connection to the database broke'),
  });
  cleanup.defer(() => pool.end());
  await checkDurability(pool);
  await migrate(pool, { schema: 'event_log', directory: `${import.meta.dirname}/adapters/postgres/migrations` });

  const observer = telemetryObserver(logger);
  const db = createKysely<EventLogTables>(pool);
  const store = new PostgresRunEventStore(pool, db);
  const tasks = new PostgresTaskEventStore(pool, db);
  const source = new SchedulerHistorySource(options.schedulerTasks);
  const history = new RunHistory({ store, source, observer });
  const live = cleanup.use(new LiveRuns(bus));

  const onStored = live.stored.bind(live);
  const ingest = new IngestEventBatches({ bus, store, source, observer, onStored });
  const handler = tracedBatches((messages) => ingest.handle(messages));
  cleanup.use(await bus.consumeEventBatches({ consumer: CONSUMER, handler, gatherMs: GATHER_MS }));

  const calls = new CallsUnderWay();
  cleanup.defer(() => calls.stop());
  const onDefect = (rpc: string, error: unknown) => logger.error({ err: error, rpc }, 'a call failed unforeseen');
  const payloads = new PayloadDesk(new SchedulerPayloadSource(options.schedulerTasks));
  cleanup.use(
    new RunDeletions({
      source: schedulerDeletionSource(options.schedulerTasks),
      eraser: postgresRunEraser(pool),
      onDeleted: (runs) => payloads.forget(runs),
      onFailed: (error) => logger.warn({ err: error }, 'runs that were deleted are still here; it tries again'),
    }),
  );
  const messages = new PostgresMessageStore(pool);
  const metrics = postgresMetricStore(pool);
  const { messageRetentionMs = 7 * DAY_MS, metricRetentionMs = 90 * DAY_MS } = options;
  cleanup.use(
    new Sweep({
      roundMs: 60_000,
      work: () => Promise.all([forgetMessages(messages, messageRetentionMs), tidyMetrics(metrics, metricRetentionMs)]),
      onFailed: (error) => logger.warn({ err: error }, 'old messages or metrics are still here; it tries again'),
    }),
  );
  const pending = postgresPendingMetrics(pool);
  cleanup.use(
    new Sweep({
      roundMs: PENDING_METRICS_MS,
      work: () => countPending(pending),
      onFailed: (error) => logger.warn({ err: error }, 'some ends are not counted yet; it tries again'),
    }),
  );
  const parts = { payloads, history, tasks, live, clock, observer, calls, onDefect };
  const audit = eventLogAudit(pool, { history, source });
  const bindings = [
    bind(EventService, eventService(parts)),
    bind(MetricsService, metricsService({ metrics, clock, calls, onDefect })),
    bind(MessageService, messageService({ messages, history, bus, clock, calls, onDefect })),
    auditBinding('event-log', audit, (error) => answerFor(error, 'DoctorService/Audit', onDefect)),
  ];
  const running = cleanup.move();
  return {
    name: 'event-log',
    bindings,
    ready: () => readiness(pool, bus),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Without the bus history can still be read; without the database nothing can. */
async function readiness(pool: Pool, bus: EventBus): Promise<Readiness> {
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    return notReady(`the database does not answer: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { connected, detail } = bus.state();
  return connected ? READY : notReady(`no new events arrive: ${detail}`);
}
