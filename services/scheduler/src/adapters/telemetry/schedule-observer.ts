import { metrics } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { ScheduleClockOptions } from '../../app/schedules/schedule-clock.ts';
import type { ScheduleKeeperOptions } from '../../app/schedules/schedule-keeper.ts';

/** Counts and logs what schedules do. */
export function scheduleObserver(
  logger: Logger,
): Pick<ScheduleKeeperOptions, 'onFired'> & Pick<ScheduleClockOptions, 'onFailed'> {
  const meter = metrics.getMeter('skein.scheduler');
  const fires = meter.createCounter('skein_schedule_fires', { description: 'Fires of schedules, by kind and outcome' });
  const delays = meter.createHistogram('skein.schedule.delay', {
    unit: 's',
    description: 'Time from the moment at which a run of a schedule was due to the moment at which it exists',
  });
  const failures = meter.createCounter('skein_schedule_failures', { description: 'Looks at schedules that failed' });
  return {
    onFired({ namespace, scheduleId }, { kind, runId }, outcome, delayMs) {
      fires.add(1, { kind, outcome: outcome.kind });
      const fields = { namespace, schedule_id: scheduleId, run_id: runId, delay_ms: delayMs };
      if (outcome.kind === 'started') {
        delays.record(Math.max(0, delayMs) / 1000, { kind });
        logger.debug(fields, 'a schedule has started a run');
      } else {
        const { code, message } = outcome.failure;
        logger.warn({ ...fields, code }, `a schedule could not start its run: ${message}`);
      }
    },
    onFailed(error, key) {
      failures.add(1);
      const fields = key === undefined ? {} : { namespace: key.namespace, schedule_id: key.scheduleId };
      logger.warn({ ...fields, err: error }, 'schedules could not be looked at; trying again');
    },
  };
}
