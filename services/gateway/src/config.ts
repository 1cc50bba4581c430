import { defineConfig, durationMs, optional, port, url, type ConfigIn } from '@skein/config';
import { addressesVariable, addressVariable, hostVariables } from '@skein/host';

/** Everything the gateway is configured with. */
export const gatewayConfig = defineConfig({
  ...hostVariables({ prefix: 'GATEWAY', port: 8080, adminPort: 7506 }),
  port: port({
    env: 'HTTP_PORT',
    default: 8080,
    doc: 'Port of the API: REST, WebSocket, SSE, Connect, gRPC-web and gRPC; 0 takes a free one.',
  }),
  agentTimeoutMs: durationMs({
    env: 'AGENT_TIMEOUT_MS',
    default: 300_000,
    min: 1,
    doc: 'Longest wait for the answer of a directly invoked agent; at most 10 minutes are waited.',
  }),
  ingressUrl: optional(
    url({
      env: 'INGRESS_URL',
      protocols: ['http', 'https'],
      doc: 'Where the events of runs with a session are pushed, to /internal/send. Unset: nowhere.',
    }),
  ),
  registryAddress: addressVariable('REGISTRY', '127.0.0.1:7401'),
  schedulerAddresses: addressesVariable('SCHEDULER', '127.0.0.1:7402'),
  executorAddresses: addressesVariable('EXECUTOR', '127.0.0.1:7403'),
  llmProxyAddress: addressVariable('LLM_PROXY', '127.0.0.1:7404'),
  eventLogAddress: addressVariable('EVENT_LOG', '127.0.0.1:7405'),
});

export type GatewayConfig = ConfigIn<typeof gatewayConfig>;

export default gatewayConfig;
