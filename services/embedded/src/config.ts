import { defineConfig, type ConfigIn } from '@skein/config';
import { hostVariables } from '@skein/host';

const { host, adminPort, logLevel, graceMs, tracing } = hostVariables({ prefix: 'EMBEDDED', port: 0, adminPort: 0 });

/** What an embedded platform is configured with besides what its services are. */
export const embeddedConfig = defineConfig({ host, adminPort, logLevel, graceMs, tracing });

export type EmbeddedConfig = ConfigIn<typeof embeddedConfig>;

export default embeddedConfig;
