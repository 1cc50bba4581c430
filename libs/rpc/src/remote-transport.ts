/** Connections to servers that are not ours: any of the protocols of Connect, with TLS or without. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from '@connectrpc/connect-node';
import type { ClosableTransport } from './grpc-transport.ts';

/** How a server is spoken to. */
export type RemoteProtocol = 'grpc' | 'connect' | 'grpc-web';

/** A server. */
export interface RemoteServer {
  readonly protocol: RemoteProtocol;
  /** `host:port`. */
  readonly address: string;
  readonly tls: boolean;
}

/** Largest message that is taken from a server, in bytes: the JSON of it may have 1 MiB at most anyway. */
export const MAX_REMOTE_MESSAGE_BYTES = 4 * 1024 * 1024;
const IDLE_MS = 60_000;

/** A transport to one server; it connects with the first call, and again after a break. */
export function remoteTransport({ protocol, address, tls }: RemoteServer): ClosableTransport {
  const baseUrl = `${tls ? 'https' : 'http'}://${address}`;
  const common = { baseUrl, readMaxBytes: MAX_REMOTE_MESSAGE_BYTES };
  if (protocol === 'grpc') {
    const sessionManager = new Http2SessionManager(baseUrl, { idleConnectionTimeoutMs: IDLE_MS });
    const transport = createGrpcTransport({ ...common, sessionManager });
    return closable(transport, () => sessionManager.abort());
  }
  const options = { keepAlive: true, timeout: IDLE_MS };
  const agent = tls ? new HttpsAgent(options) : new HttpAgent(options);
  const http = { ...common, httpVersion: '1.1' as const, nodeOptions: { agent } };
  const transport = protocol === 'connect' ? createConnectTransport(http) : createGrpcWebTransport(http);
  return closable(transport, () => agent.destroy());
}

function closable(transport: ReturnType<typeof createGrpcTransport>, close: () => void): ClosableTransport {
  return {
    unary: (...call) => transport.unary(...call),
    stream: (...call) => transport.stream(...call),
    [Symbol.dispose]: close,
  };
}
