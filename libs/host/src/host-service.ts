/**
 * One service as a process of its own: telemetry, logger, the service, its gRPC server, its admin server,
 * started in this order and stopped in the reverse, once the service has drained.
 */
import type { ConfigSpec } from '@skein/config';
import { runMain, ServiceStack, type Service } from '@skein/lifecycle';
import { startGrpcServer, type FinishedCall, type ServiceBinding } from '@skein/rpc';
import { createLogger, startAdminServer, startTelemetry } from '@skein/telemetry';
import { metrics } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { HostConfig } from './variables.ts';

/** A service that can be hosted: alone in a process, or with others. */
export interface HostedService extends Service {
  /** What it serves to other services; empty: nothing. */
  readonly bindings: readonly ServiceBinding[];
  /** Takes no more work, while its servers still answer: called before any of them closes. Default: it has nothing to end first. */
  drain?(): Promise<void>;
}

/** What a process needs to know of its service. */
export interface HostOptions<Config extends HostConfig> {
  /** Short name, such as `scheduler`. */
  readonly name: string;
  readonly spec: ConfigSpec<Config>;
  readonly start: (config: Config, logger: Logger) => Promise<HostedService>;
  /** False: the service listens on `port` itself. Default: its bindings, health and reflection are served there. */
  readonly serveRpc?: boolean;
}

const VERSION = '0.1.0';

/** Runs the process to its end. Every `services/<name>/src/main.ts` is one call of this. */
export async function hostService<Config extends HostConfig>(options: HostOptions<Config>): Promise<void> {
  const { name, spec } = options;
  await runMain(name, {
    config: (env) => spec.load(env),
    log: (config) => createLogger({ service: name, level: config.logLevel }),
    start: (config, log) => startHost(options, config, log as Logger),
    graceMs: (config) => config.graceMs,
  });
}

async function startHost<Config extends HostConfig>(
  options: HostOptions<Config>,
  config: Config,
  logger: Logger,
): Promise<Service> {
  const { name } = options;
  const { otlpEndpoint, sampleRatio } = config.tracing;
  const stack = new ServiceStack(name);
  const telemetry = await stack.start('telemetry', () =>
    startTelemetry({
      service: `skein-${name}`,
      version: VERSION,
      sampleRatio,
      ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }),
    }),
  );
  const service = await stack.start(name, () => options.start(config, logger));
  if (options.serveRpc ?? true) {
    const server = await stack.start('gRPC server', () =>
      startGrpcServer({
        host: config.host,
        port: config.port,
        bindings: service.bindings,
        onCall: rpcMetrics(name),
      }),
    );
    logger.info({ address: server.address }, 'serving gRPC');
  }
  await stack.start('admin server', () =>
    startAdminServer({
      host: config.host,
      port: config.adminPort,
      metrics: () => telemetry.renderMetrics(),
      readyz: () => stack.readiness(),
    }),
  );
  stack.defer(() => service.drain?.());
  return stack;
}

/** Durations of calls by method and code. */
function rpcMetrics(name: string): (call: FinishedCall) => void {
  const durations = metrics.getMeter(`skein.${name}`).createHistogram('rpc.server.duration', {
    unit: 'ms',
    description: 'Duration of gRPC calls',
  });
  return ({ method, error, durationMs }) => {
    durations.record(durationMs, { 'rpc.method': method, 'rpc.grpc.status_code': error?.code ?? 0 });
  };
}
