import { defineConfig, string, type ConfigIn } from '@skein/config';
import { addressVariable, busVariables, databaseVariables, hostVariables } from '@skein/host';

/** Everything the scheduler is configured with. */
export const schedulerConfig = defineConfig({
  ...hostVariables({ prefix: 'SCHEDULER', port: 7402, adminPort: 7502 }),
  database: databaseVariables({ poolMax: 10 }),
  bus: busVariables(),
  registryAddress: addressVariable('REGISTRY', '127.0.0.1:7401'),
  schedulerId: string({
    env: 'SKEIN_SCHEDULER_ID',
    default: 'scheduler-1',
    doc: 'Name of this scheduler, unique among those of one database and the same after a restart.',
  }),
});

export type SchedulerConfig = ConfigIn<typeof schedulerConfig>;

export default schedulerConfig;
