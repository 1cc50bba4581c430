/**
 * The OpenTelemetry SDK of one process: tracing with a parent-based ratio sampler, metrics for Prometheus.
 * Owns the global providers while it lives. Does not own loggers, nor the HTTP server that shows metrics.
 *
 * I1. One SDK per process, however many services it hosts; each service takes its own tracer and meter by name.
 * I2. Meters come from the global provider only after the start: the API has no late binding for instruments, so
 *     create them in a service's factory, never when a module loads. (Tracers bind late.)
 * I3. Without an exporter spans are not recorded, but contexts still carry trace ids to logs and other processes.
 */
import { context, logs, metrics, propagation, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

export interface TelemetryOptions {
  /** Name of the process: the service, or "skein" when one process hosts all. */
  readonly service: string;
  readonly version: string;
  /** Tells processes of one service apart. Default: the process id. */
  readonly instanceId?: string;
  /** Share of new traces that are recorded, 0 to 1; a caller's decision wins. Default 0.01. */
  readonly sampleRatio?: number;
  /** Base URL of an OTLP/HTTP collector, such as http://localhost:4318. Default: none, spans are not recorded. */
  readonly otlpEndpoint?: string;
  /** Further receivers of finished spans, for tests. */
  readonly spanProcessors?: readonly SpanProcessor[];
}

export interface Telemetry extends AsyncDisposable {
  /** All metrics of the process in the Prometheus text format. */
  renderMetrics(): Promise<string>;
  /** Sends what is buffered. */
  flush(): Promise<void>;
}

/** A process tried to start a second SDK (I1). */
export class TelemetryStartedError extends Error {
  readonly reason = 'TELEMETRY_ALREADY_STARTED';

  constructor() {
    super('telemetry already runs in this process: start it once, in the process entry, before any service');
    this.name = 'TelemetryStartedError';
  }
}

let running = false;

/** Starts the SDK; the SDK's modules load here and not before. Dispose to flush and to free the globals. */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  if (running) throw new TelemetryStartedError();
  running = true;
  const [
    { NodeSDK },
    { resourceFromAttributes, defaultResource },
    sdkTrace,
    { AsyncLocalStorageContextManager },
    core,
    ours,
  ] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
    import('./metrics.ts'),
  ]);
  const resource = defaultResource().merge(
    resourceFromAttributes({
      'service.name': options.service,
      'service.version': options.version,
      'service.instance.id': options.instanceId ?? String(process.pid),
    }),
  );
  const spanProcessors = [...(options.spanProcessors ?? []), ...(await exporterOf(options.otlpEndpoint))];
  const ratio = spanProcessors.length === 0 ? 0 : (options.sampleRatio ?? 0.01);
  const metricsReader = ours.createMetricsReader();
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,
    contextManager: new AsyncLocalStorageContextManager().enable(),
    textMapPropagator: new core.W3CTraceContextPropagator(),
    // One that does nothing keeps the provider, and with it the trace ids of I3.
    spanProcessors: spanProcessors.length === 0 ? [new sdkTrace.NoopSpanProcessor()] : spanProcessors,
    sampler: new sdkTrace.ParentBasedSampler({ root: new sdkTrace.TraceIdRatioBasedSampler(ratio) }),
    metricReaders: [metricsReader.reader],
    views: ours.METRIC_VIEWS,
    // Logs are pino's.
    logRecordProcessors: [],
  });
  sdk.start();
  ours.observeProcess(metrics.getMeter('skein.process'));

  return {
    renderMetrics: () => metricsReader.render(),
    flush: async () => {
      await Promise.all(spanProcessors.map((processor) => processor.forceFlush()));
    },
    async [Symbol.asyncDispose]() {
      if (!running) return;
      running = false;
      for (const api of [trace, metrics, propagation, context, logs]) api.disable();
      await sdk.shutdown();
    },
  };
}

async function exporterOf(otlpEndpoint: string | undefined): Promise<SpanProcessor[]> {
  if (!otlpEndpoint) return [];
  const [{ OTLPTraceExporter }, { BatchSpanProcessor }] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/sdk-trace'),
  ]);
  const exporter = new OTLPTraceExporter({ url: new URL('/v1/traces', otlpEndpoint).href });
  return [new BatchSpanProcessor({ exporter })];
}
