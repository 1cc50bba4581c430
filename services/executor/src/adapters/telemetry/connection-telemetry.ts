/** What happens to the connections of an executor, as log lines and counts. */
import { metrics } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { TaskEventObserver } from '../../app/task-events.ts';
import type { RouteWatchObserver } from '../registry/route-watch.ts';
import type { ExchangeObserver } from '../scheduler/exchange-link.ts';

export type ConnectionObserver = ExchangeObserver &
  RouteWatchObserver &
  TaskEventObserver & {
    /** The registry was not told how calls go; the next report tells it. */
    callReportFailed(error: unknown): void;
    /** The registry was not told of workers; the next heartbeat tells it. */
    workerReportFailed(error: unknown): void;
  };

/** Every outage is told once, however often the attempts to end it fail. */
export function connectionTelemetry(logger: Logger): ConnectionObserver {
  const meter = metrics.getMeter('skein.executor');
  const breaks = meter.createCounter('skein_executor_stream_breaks', { description: 'Broken streams, by scheduler' });
  const dropped = meter.createCounter('skein_executor_task_events_dropped', {
    description: 'Task events that will never be stored',
  });
  const down = new Set<string>();
  const lost = (peer: string, error: unknown) => {
    const level = down.has(peer) ? 'debug' : 'warn';
    down.add(peer);
    logger[level]({ err: error, peer }, `lost ${peer}; trying again for as long as it takes`);
  };
  const found = (peer: string, fields: object, message: string) => {
    down.delete(peer);
    logger.info({ peer, ...fields }, message);
  };

  return {
    connected(scheduler, schedulerId) {
      found(`scheduler ${scheduler}`, { scheduler_id: schedulerId }, `taking tasks from scheduler ${scheduler}`);
    },
    disconnected(scheduler, error) {
      breaks.add(1, { scheduler });
      lost(`scheduler ${scheduler}`, error);
    },
    routesSynced() {
      found('registry', {}, 'routes are known');
    },
    routesLost(error) {
      lost('registry', error);
    },
    // An outage is told by the watch; a registry that does not know the method is older than this executor.
    callReportFailed(error) {
      logger.debug({ err: error }, 'the registry was not told how calls go');
    },
    workerReportFailed(error) {
      logger.warn({ err: error }, 'the registry was not told how workers are; trying again with the next heartbeat');
    },
    eventsDropped(count, why) {
      dropped.add(count);
      logger.warn({ count, why }, `${count} task events will not be stored: ${why}`);
    },
    appendFailed(error) {
      lost('event-log', error);
    },
    appended() {
      if (down.has('event-log')) found('event-log', {}, 'task events are stored again');
    },
  };
}

/** Shows how many tasks are in hand, and how many ends wait for their acknowledgement. */
export function observeTasks(counts: () => { readonly running: number; readonly unacknowledged: number }): void {
  metrics
    .getMeter('skein.executor')
    .createObservableGauge('skein_executor_tasks', { description: 'Tasks in hand, by state' })
    .addCallback((result) => {
      const { running, unacknowledged } = counts();
      result.observe(running, { state: 'running' });
      result.observe(unacknowledged, { state: 'unacknowledged' });
    });
}
