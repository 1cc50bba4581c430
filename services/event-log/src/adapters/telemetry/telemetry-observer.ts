import { metrics } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { EventLogObserver } from '../../app/event-log-observer.ts';
import type { RunKey } from '../../domain/run-key.ts';

const logFields = ({ namespace, runId }: RunKey) => ({ namespace, run_id: runId });

/** Counts and logs what happens. Make it after telemetry has started. */
export function telemetryObserver(logger: Logger): EventLogObserver {
  const meter = metrics.getMeter('skein.event-log');
  const batches = meter.createCounter('event_log_stored_batches', {
    description: 'Event batches stored and confirmed',
  });
  const transitions = meter.createCounter('event_log_stored_transitions', {
    description: 'Transitions received, by whether they were new or stored already',
  });
  const durations = meter.createHistogram('event_log_ingest_duration_seconds', {
    unit: 's',
    description: 'Time from taking batches off the bus to their confirmation',
  });
  const rejected = meter.createCounter('event_log_rejected_messages', {
    description: 'Messages that can never be stored, by cause',
  });
  const repaired = meter.createCounter('event_log_repaired_transitions', {
    description: 'Transitions that had to be fetched from the scheduler',
  });
  const unavailable = meter.createCounter('event_log_source_failures', {
    description: 'Times that the scheduler could not be asked for missing events',
  });
  const subscribers = meter.createUpDownCounter('event_log_subscribers', { description: 'Open subscriptions to runs' });
  const lagged = meter.createCounter('event_log_lagging_subscribers', {
    description: 'Times that a subscriber was too slow for live events and went on from the store',
  });
  const missing = meter.createCounter('event_log_missing_stream_bytes', {
    unit: 'By',
    description: 'Bytes of streamed text that never arrived',
  });
  const taskEvents = meter.createCounter('event_log_stored_task_events', { description: 'Task events stored' });

  return {
    stored({ batches: count, records, added, durationMs }) {
      batches.add(count);
      if (added > 0) transitions.add(added, { state: 'new' });
      if (records > added) transitions.add(records - added, { state: 'stored_already' });
      durations.record(durationMs / 1000);
      logger.trace({ batches: count, records, added, execution_time: durationMs }, 'stored events');
    },
    malformed({ messageId, defect }) {
      rejected.add(1, { cause: 'malformed' });
      logger.error({ message_id: messageId, defect }, 'a message of the bus is no event batch; it is left unconfirmed');
    },
    refused({ messageId, error }) {
      rejected.add(1, { cause: 'refused' });
      logger.error(
        { message_id: messageId, err: error },
        'the database refuses an event batch; it is left unconfirmed',
      );
    },
    repaired(run, { afterSeq, records }) {
      repaired.add(records);
      logger.info({ ...logFields(run), after_seq: afterSeq, records }, 'fetched missing events from the scheduler');
    },
    sourceUnavailable(run, error) {
      unavailable.add(1);
      logger.warn({ ...logFields(run), err: error }, 'the scheduler cannot be asked for missing events');
    },
    subscriberStarted(run) {
      subscribers.add(1);
      logger.debug(logFields(run), 'a subscriber follows the run');
    },
    subscriberEnded(run) {
      subscribers.add(-1);
      logger.debug(logFields(run), 'a subscriber has left');
    },
    subscriberLagged(run) {
      lagged.add(1);
      logger.info(logFields(run), 'a subscriber is slower than the run; it goes on from the store');
    },
    taskEventsMissing(run, { nodeId, missingBytes }) {
      missing.add(missingBytes);
      const fields = { ...logFields(run), node_id: nodeId, missing_bytes: missingBytes };
      logger.warn(fields, 'streamed text did not arrive in time; the reader goes on without it');
    },
    taskEventsStored({ events, chunks }) {
      taskEvents.add(events);
      logger.trace({ events, chunks }, 'stored task events');
    },
  };
}
