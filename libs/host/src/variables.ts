import { durationMs, enumOf, number, optional, port, secret, string, url, integer, list } from '@skein/config';
import { LOG_LEVELS } from '@skein/telemetry';

/** A service as its variables name it. */
export interface ServicePorts {
  /** Such as `SCHEDULER` in `SKEIN_SCHEDULER_PORT`. */
  readonly prefix: string;
  /** Default port of its RPCs. */
  readonly port: number;
  /** Default port of its probes and metrics. */
  readonly adminPort: number;
}

/** What every service process is configured with. */
export function hostVariables({ prefix, port: rpcPort, adminPort }: ServicePorts) {
  return {
    /** Address that the RPC and admin ports listen on. */
    host: string({
      env: 'SKEIN_HOST',
      default: '127.0.0.1',
      doc: 'Address to listen on. Nothing is authenticated yet: keep it on a network you trust.',
    }),
    port: port({
      env: `SKEIN_${prefix}_PORT`,
      default: rpcPort,
      doc: 'Port of the gRPC services; 0 takes a free one.',
    }),
    adminPort: port({
      env: `SKEIN_${prefix}_ADMIN_PORT`,
      default: adminPort,
      doc: 'Port of /healthz, /readyz and /metrics; 0 takes a free one.',
    }),
    logLevel: enumOf(LOG_LEVELS, { env: 'LOG_LEVEL', default: 'info', doc: 'Least level of log lines.' }),
    graceMs: durationMs({
      env: 'SKEIN_SHUTDOWN_GRACE',
      default: 10_000,
      min: 0,
      max: 600_000,
      doc: 'Longest time for a graceful stop.',
    }),
    tracing: {
      otlpEndpoint: optional(
        url({
          env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
          protocols: ['http', 'https'],
          doc: 'Base URL of an OTLP/HTTP collector. Unset: spans are not recorded.',
        }),
      ),
      sampleRatio: number({
        env: 'SKEIN_TRACE_SAMPLE_RATIO',
        default: 0.01,
        min: 0,
        max: 1,
        doc: 'Share of runs whose trace is recorded.',
      }),
    },
  };
}

/** What the variables of `hostVariables` come to. */
export interface HostConfig {
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly graceMs: number;
  readonly tracing: { readonly otlpEndpoint: string | undefined; readonly sampleRatio: number };
}

/** How a service reaches its database. */
export function databaseVariables({ poolMax }: { readonly poolMax: number }) {
  return {
    url: secret({
      env: 'DATABASE_URL',
      default: 'postgres://postgres@127.0.0.1:5432/skein',
      doc: 'Postgres to use. Every service keeps to a schema of its own.',
    }),
    poolMax: integer({
      env: 'SKEIN_DATABASE_POOL_MAX',
      default: poolMax,
      min: 1,
      max: 500,
      doc: 'Most connections of one service to Postgres.',
    }),
  };
}

/** How a service reaches the bus. */
export function busVariables() {
  return {
    url: string({ env: 'SKEIN_NATS_URL', default: 'nats://127.0.0.1:4222', doc: 'NATS server with JetStream.' }),
  };
}

/** How a service reaches another of which several may run: `prefix` is the other's, such as `SCHEDULER`. */
export function addressesVariable(prefix: string, defaultAddress: string) {
  return list(addressItem, {
    env: `SKEIN_${prefix}_ADDRESSES`,
    default: [defaultAddress],
    doc: `host:port of every ${prefix.toLowerCase().replaceAll('_', '-')}, separated by commas.`,
  });
}

function addressItem({ env }: { readonly env: string }) {
  return { ...addressVariable('SCHEDULER', ''), env };
}

/** How a service reaches another: `prefix` is the other's, such as `REGISTRY`. */
export function addressVariable(prefix: string, defaultAddress: string) {
  return string({
    env: `SKEIN_${prefix}_ADDRESS`,
    default: defaultAddress,
    pattern: /^[^\s/]+:\d+$/,
    doc: `host:port of the ${prefix.toLowerCase().replaceAll('_', '-')}.`,
  });
}
