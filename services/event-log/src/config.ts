import { defineConfig, type ConfigIn } from '@skein/config';
import { addressesVariable, busVariables, databaseVariables, hostVariables } from '@skein/host';

/** Everything event-log is configured with. */
export const eventLogConfig = defineConfig({
  ...hostVariables({ prefix: 'EVENT_LOG', port: 7405, adminPort: 7505 }),
  database: databaseVariables({ poolMax: 10 }),
  bus: busVariables(),
  schedulerAddresses: addressesVariable('SCHEDULER', '127.0.0.1:7402'),
});

export type EventLogConfig = ConfigIn<typeof eventLogConfig>;

export default eventLogConfig;
