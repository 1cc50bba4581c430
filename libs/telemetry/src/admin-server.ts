/**
 * The HTTP server operators and probes talk to: `/healthz`, `/readyz`, `/metrics`. Owns its listening socket only;
 * what is live, ready or measured is asked of the functions handed in.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One part's answer; `reason` says why it cannot work now. */
export type PartReadiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export interface AdminServerOptions {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** 0 chooses a free port. */
  readonly port: number;
  /** Metrics in the Prometheus text format. */
  metrics(): Promise<string>;
  /** False tells a supervisor to restart the process. Default: live while it answers. */
  livez?(): boolean;
  /** Readiness of every part by name; the process is ready when all are. */
  readyz(): Promise<Readonly<Record<string, PartReadiness>>>;
}

export interface AdminServer extends AsyncDisposable {
  readonly port: number;
  /** Base URL, such as http://127.0.0.1:9090. */
  readonly url: string;
}

const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Starts listening. Rejects when the port is taken. */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { host = '127.0.0.1' } = options;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://admin').pathname;
    answer(path, options, response).catch((error: unknown) => {
      sendJson(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  server.listen(options.port, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function answer(path: string, options: AdminServerOptions, response: ServerResponse): Promise<void> {
  switch (path) {
    case '/healthz': {
      const live = options.livez?.() ?? true;
      sendJson(response, live ? 200 : 503, { status: live ? 'healthy' : 'unhealthy' });
      return;
    }
    case '/readyz': {
      const parts = await options.readyz();
      const ready = Object.values(parts).every((part) => part.ready);
      sendJson(response, ready ? 200 : 503, { ready, parts });
      return;
    }
    case '/metrics': {
      const text = await options.metrics();
      response.writeHead(200, { 'content-type': PROMETHEUS_TYPE }).end(text);
      return;
    }
    default:
      sendJson(response, 404, { error: `no such path: ${path}`, paths: ['/healthz', '/readyz', '/metrics'] });
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
