import { defineConfig, enumOf, optional, port, secret, string, url } from '@skein/config';
import type { LogLevel } from '@skein/telemetry';

// Written out: the library that names them too is worth half the time of a short command.
const LOG_LEVELS = [
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
  'silent',
] as const satisfies readonly LogLevel[];

/** What the command line reads from the environment; options win over it. */
export const cliConfig = defineConfig({
  apiUrl: optional(
    url({
      env: 'SKEIN_API_URL',
      protocols: ['http', 'https'],
      doc: 'Address of the platform that commands talk to. Unset: the one that runs from the data folder.',
    }),
  ),
  dataDir: optional(
    string({
      env: 'SKEIN_DATA_DIR',
      doc: 'Folder in which platforms keep their data, logs and ports. Unset: .skein beside bin.',
    }),
  ),
  namespace: string({ env: 'SKEIN_NAMESPACE', default: 'default', doc: 'Tenant that commands act for.' }),
  httpPort: optional(
    port({
      env: 'HTTP_PORT',
      doc: 'Port of the API of a platform that is started; 0 takes a free one. Unset: 8080, or a free one.',
    }),
  ),
  logLevel: enumOf(LOG_LEVELS, { env: 'LOG_LEVEL', default: 'info', doc: 'Least level of log lines.' }),
  databaseUrl: optional(
    secret({ env: 'DATABASE_URL', doc: 'Postgres for `skein up` to use. Unset: it starts one of its own.' }),
  ),
  natsUrl: optional(
    string({ env: 'SKEIN_NATS_URL', doc: 'NATS for `skein up` to use. Unset: it starts one of its own.' }),
  ),
  postgresPort: optional(
    port({
      env: 'SKEIN_POSTGRES_PORT',
      doc: 'Port of the Postgres that `skein up` starts. Unset: 7432, or a free one.',
    }),
  ),
  natsPort: optional(
    port({ env: 'SKEIN_NATS_PORT', doc: 'Port of the NATS that `skein up` starts. Unset: 7422, or a free one.' }),
  ),
});

export default cliConfig;
