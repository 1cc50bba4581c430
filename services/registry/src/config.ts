import { defineConfig, durationMs, integer, optional, string, type ConfigIn } from '@skein/config';
import { databaseVariables, hostVariables } from '@skein/host';

/** Everything the registry is configured with. */
export const registryConfig = defineConfig({
  ...hostVariables({ prefix: 'REGISTRY', port: 7401, adminPort: 7501 }),
  database: databaseVariables({ poolMax: 5 }),
  agentsFile: string({
    env: 'SKEIN_REGISTRY_AGENTS_FILE',
    default: '',
    doc: 'File that lists agents, and hosts whose cards say which agents they are; YAML or JSON. It is read again when it changes. Empty: none.',
  }),
  agentCaFile: optional(
    string({
      env: 'SKEIN_REGISTRY_AGENT_CA_FILE',
      pattern: /^\//,
      doc: 'File with certificates, in PEM, of authorities that probes of agents over TLS trust, beside those of the machine. Unset: no others.',
    }),
  ),
  probe: {
    intervalMs: durationMs({
      env: 'SKEIN_PROBE_INTERVAL',
      default: 5000,
      min: 10,
      max: 3_600_000,
      doc: 'Time between two probes of an instance; a tenth of it is random.',
    }),
    timeoutMs: durationMs({
      env: 'SKEIN_PROBE_TIMEOUT',
      default: 1000,
      min: 1,
      max: 60_000,
      doc: 'Longest time for one probe.',
    }),
    failures: integer({
      env: 'SKEIN_PROBE_FAILURES',
      default: 3,
      min: 1,
      max: 100,
      doc: 'Failed probes in a row that make an instance unhealthy; one success makes it healthy.',
    }),
    concurrency: integer({
      env: 'SKEIN_PROBE_CONCURRENCY',
      default: 64,
      min: 1,
      max: 10_000,
      doc: 'Most probes at a time.',
    }),
  },
});

export type RegistryConfig = ConfigIn<typeof registryConfig>;

export default registryConfig;
