import { defineConfig, durationMs, type ConfigIn } from '@skein/config';
import { addressesVariable, busVariables, databaseVariables, hostVariables } from '@skein/host';

/** Everything event-log is configured with. */
export const eventLogConfig = defineConfig({
  ...hostVariables({ prefix: 'EVENT_LOG', port: 7405, adminPort: 7505 }),
  database: databaseVariables({ poolMax: 10 }),
  bus: busVariables(),
  messageRetentionMs: durationMs({
    env: 'SKEIN_EVENT_LOG_MESSAGE_RETENTION',
    default: 7 * 86_400_000,
    min: 60_000,
    max: 36_500 * 86_400_000,
    doc: 'Age at which messages that belong to no run are deleted. Those of a run go with the run.',
  }),
  metricRetentionMs: durationMs({
    env: 'SKEIN_EVENT_LOG_METRIC_RETENTION',
    default: 90 * 86_400_000,
    min: 2 * 86_400_000,
    max: 36_500 * 86_400_000,
    doc: 'Age at which counts of what agents and workflows did are deleted.',
  }),
  schedulerAddresses: addressesVariable('SCHEDULER', '127.0.0.1:7402'),
});

export type EventLogConfig = ConfigIn<typeof eventLogConfig>;

export default eventLogConfig;
