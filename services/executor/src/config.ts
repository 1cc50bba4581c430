import { defineConfig, durationMs, enumOf, integer, list, number, optional, port, string, url } from '@skein/config';
import type { ConfigIn } from '@skein/config';
import { LOG_LEVELS } from '@skein/telemetry';

/** Everything an executor can be told from the environment. */
export const executorConfig = defineConfig({
  tasks: {
    concurrency: integer({
      env: 'SKEIN_EXECUTOR_CONCURRENCY',
      doc: 'most tasks at once, shared evenly between the schedulers; 1 to 100,000',
      default: 512,
      min: 1,
      max: 100_000,
    }),
    agentTimeoutMs: durationMs({
      env: 'AGENT_TIMEOUT_MS',
      doc: 'longest call of an agent that was registered without a timeout',
      default: 300_000,
      min: 1,
    }),
    agentWaitMs: durationMs({
      env: 'SKEIN_EXECUTOR_AGENT_WAIT',
      doc: 'longest wait for an agent that is not known yet; its registration may be on its way',
      default: 2000,
      max: 60_000,
    }),
    drainTimeoutMs: durationMs({
      env: 'SKEIN_EXECUTOR_DRAIN_TIMEOUT',
      doc: 'time for running tasks to finish when the executor stops; what is left is given back',
      default: 20_000,
      max: 3_600_000,
    }),
    eventBufferBytes: integer({
      env: 'SKEIN_EXECUTOR_EVENT_BUFFER_BYTES',
      doc: 'most bytes of streamed text that wait for event-log; what comes beyond that is not kept for replay',
      default: 16 * 1024 * 1024,
      min: 64 * 1024,
    }),
  },
  schedulerAddresses: list(string, {
    env: 'SKEIN_SCHEDULER_ADDRESSES',
    doc: 'every scheduler to take tasks from, HOST:PORT',
    default: ['127.0.0.1:7402'],
  }),
  registryAddress: string({
    env: 'SKEIN_REGISTRY_ADDRESS',
    doc: 'the registry, HOST:PORT',
    default: '127.0.0.1:7401',
  }),
  llmProxyAddress: string({
    env: 'SKEIN_LLM_PROXY_ADDRESS',
    doc: 'llm-proxy, HOST:PORT',
    default: '127.0.0.1:7404',
  }),
  eventLogAddress: string({ env: 'SKEIN_EVENT_LOG_ADDRESS', doc: 'event-log, HOST:PORT', default: '127.0.0.1:7405' }),
  natsServers: list(string, {
    env: 'SKEIN_NATS_URL',
    doc: 'servers of the bus, nats://HOST:PORT',
    default: ['nats://127.0.0.1:4222'],
  }),
  admin: {
    host: string({
      env: 'SKEIN_EXECUTOR_ADMIN_HOST',
      doc: 'address of /healthz, /readyz and /metrics',
      default: '127.0.0.1',
    }),
    port: port({ env: 'SKEIN_EXECUTOR_ADMIN_PORT', doc: 'port of /healthz, /readyz and /metrics', default: 7503 }),
  },
  telemetry: {
    logLevel: enumOf(LOG_LEVELS, { env: 'LOG_LEVEL', doc: 'least level that is logged', default: 'info' }),
    otlpEndpoint: optional(
      url({
        env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
        doc: 'OTLP/HTTP collector that spans are sent to',
        protocols: ['http', 'https'],
      }),
    ),
    sampleRatio: number({
      env: 'SKEIN_TRACE_SAMPLE_RATIO',
      doc: 'share of traces that are recorded where the caller has not decided, 0 to 1',
      default: 0.01,
      min: 0,
      max: 1,
    }),
  },
});

export type ExecutorConfig = ConfigIn<typeof executorConfig>;
