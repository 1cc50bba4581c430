import { defineConfig, durationMs, optional, string, type ConfigIn, type ConfigSpec } from '@skein/config';
import { addressVariable, busVariables, databaseVariables, hostVariables } from '@skein/host';
import { checkPayloadSettings, payloadVariables } from './payload-settings.ts';

const spec = defineConfig({
  ...hostVariables({ prefix: 'SCHEDULER', port: 7402, adminPort: 7502 }),
  database: databaseVariables({ poolMax: 10 }),
  bus: busVariables(),
  registryAddress: addressVariable('REGISTRY', '127.0.0.1:7401'),
  schedulerId: optional(
    string({
      env: 'SKEIN_SCHEDULER_ID',
      doc: 'Name of this scheduler, unique among the live ones of one database. Unset: its advertised address.',
    }),
  ),
  pruneAfterMs: durationMs({
    env: 'SKEIN_SCHEDULER_PRUNE_AFTER',
    default: 3_600_000,
    min: 60_000,
    max: 365 * 86_400_000,
    doc: "Time after its end when a run's events may leave the scheduler, once event-log has them all. What it answered stays.",
  }),
  runRetentionMs: durationMs({
    env: 'SKEIN_SCHEDULER_RUN_RETENTION',
    default: 30 * 86_400_000,
    min: 3_600_000,
    max: 36_500 * 86_400_000,
    doc: 'Time after its end when a run and everything about it is deleted, where its namespace does not say. Not before it is pruned.',
  }),
  payloads: payloadVariables,
  advertisedAddress: optional(
    string({
      env: 'SKEIN_SCHEDULER_ADVERTISED_ADDRESS',
      pattern: /^[^\s/]+:\d+$/,
      doc: 'host:port at which executors and other schedulers reach this one. Unset: where it listens, by the name of the host when that is 0.0.0.0.',
    }),
  ),
});

export type SchedulerConfig = ConfigIn<typeof spec>;

/** Everything the scheduler is configured with. */
export const schedulerConfig: ConfigSpec<SchedulerConfig> = {
  ...spec,
  load(env) {
    const config = spec.load(env);
    checkPayloadSettings(config.payloads);
    return config;
  },
};

export default schedulerConfig;
