/**
 * An agent that is called: a gRPC server with the agent contract and the standard health service.
 *
 * Owns the port, the connections on it and the attempts. Closing refuses new calls, lets those under way end, then cuts them.
 */
import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { AttemptBook } from '../agent/attempt-book.ts';
import type { Agent } from '../agent/agent.ts';
import { logToStderr, type LogSink } from '../agent/context.ts';
import { closeOnSignal } from '../signals.ts';
import { agentRoutes } from './agent-routes.ts';
import { healthRoutes } from './health-routes.ts';

/** Where and how an agent is served. */
export interface ServeOptions {
  /** Default: 0, a free one. */
  readonly port?: number;
  /** Default: `127.0.0.1`. In a container: `0.0.0.0`. */
  readonly host?: string;
  /** How long calls under way may take after `close`, in milliseconds. Default: 30,000. */
  readonly graceMs?: number;
  /** Whether SIGINT and SIGTERM close it. Default: true. */
  readonly closeOnSignals?: boolean;
  /** Default: JSON lines on stderr. */
  readonly log?: LogSink;
}

/** An agent that takes calls. */
export interface ServedAgent extends AsyncDisposable {
  readonly port: number;
  /** `host:port`, to be registered. */
  readonly address: string;
  /** Stops. Again: the same. */
  close(): Promise<void>;
}

/** Serves an agent; rejects where the port is taken. */
export async function serve(agent: Agent, options: ServeOptions = {}): Promise<ServedAgent> {
  const { port = 0, host = '127.0.0.1', graceMs = 30_000, log = logToStderr } = options;
  const book = new AttemptBook();
  const health = healthRoutes();
  const routes = agentRoutes({ agent, book, log });
  const server = createServer();
  server.on(
    'request',
    connectNodeAdapter({
      routes: (router) => {
        routes(router);
        health.routes(router);
      },
    }),
  );
  const sessions = sessionsOf(server);
  server.listen(port, host);
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= shutDown());
  const signals = options.closeOnSignals === false ? undefined : closeOnSignal(close);

  async function shutDown(): Promise<void> {
    signals?.[Symbol.dispose]();
    health.stop();
    const closed = once(server, 'close');
    server.close();
    // A session that closes takes no new call, and ends with the last of those it has.
    for (const session of sessions) session.close();
    const cut = setTimeout(() => {
      for (const attempt of book.working) attempt.abort('the agent stops');
      for (const session of sessions) session.destroy();
    }, graceMs);
    await closed;
    clearTimeout(cut);
  }

  return { port: bound, address: `${host}:${bound}`, close, [Symbol.asyncDispose]: close };
}

function sessionsOf(server: Http2Server): ReadonlySet<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  // A client that breaks its connection is no news.
  server.on('sessionError', () => {});
  return sessions;
}
