/**
 * The gateway: composition of listener, REST, RPC and clients.
 *
 * Stopping refuses what is new, says goodbye to streams, lets requests finish for half of the grace period, then ends
 * every call and connection that is left.
 */
import type { HostedService } from '@skein/host';
import { notReady, READY } from '@skein/lifecycle';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { Edge } from './edge/edge.ts';
import { exchangeFactory } from './edge/exchange.ts';
import { EdgeListener, type EdgeHandler } from './edge/listener.ts';
import { assertLoopback } from './edge/loopback.ts';
import { OpenStreams } from './edge/open-streams.ts';
import { stopping } from './errors/invalid-request.ts';
import { IngressPush } from './ingress/ingress-push.ts';
import { pushingRuns } from './ingress/pushing-runs.ts';
import { createRestApp, type RestApp } from './rest/rest-app.ts';
import { addRoutes } from './rest/routes.ts';
import { createRpcHandler } from './rpc/rpc-handler.ts';
import { explainedClients, type Clients } from './upstream/clients.ts';

/** What a gateway is made of. */
export interface GatewayOptions {
  /** Address to listen on, of this machine alone. Default 127.0.0.1. */
  readonly host?: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Longest wait for the answer of a directly invoked agent, in milliseconds. Default 300,000. */
  readonly agentTimeoutMs?: number;
  /** Longest time for a stop, in milliseconds; half of it is left to requests. Default 10,000. */
  readonly graceMs?: number;
  /** Where the events of runs with a session are pushed. Default: nowhere. */
  readonly ingressUrl?: string | undefined;
  readonly clients: Clients;
  readonly logger: Logger;
  /** Stopped after the gateway, in reverse order. */
  readonly owned?: readonly (AsyncDisposable | Disposable)[];
}

/** A running gateway. */
export interface GatewayService extends HostedService {
  /** Base URL of the API. */
  readonly url: string;
  readonly port: number;
  /** Requests and sockets that are being answered now. */
  readonly inFlight: number;
}

/**
 * Starts a gateway.
 * @throws ExposedAddressError when `host` is not this machine's own; the socket's error when the port is taken.
 */
export async function createGatewayService(options: GatewayOptions): Promise<GatewayService> {
  const { host = '127.0.0.1', port, agentTimeoutMs = 300_000, graceMs = 10_000, logger } = options;
  assertLoopback(host);
  await using cleanup = new AsyncDisposableStack();
  for (const owned of options.owned ?? []) {
    cleanup.defer(() => (Symbol.asyncDispose in owned ? owned[Symbol.asyncDispose]() : owned[Symbol.dispose]()));
  }
  const clients = withIngress(explainedClients(options.clients), options, cleanup);
  const streams = new OpenStreams();
  const cut = new AbortController();
  const rpc = createRpcHandler(clients, streams, cut.signal);
  const edge: Edge = new Edge(exchangeFactory(logger), () => routes);
  const listener = new EdgeListener(edge.handle);
  const rest = await createRestApp({
    http1: listener.http1,
    logger,
    routes: (app) => addRoutes(app, { clients, streams, agentTimeoutMs }),
  });
  cleanup.defer(() => rest.close());
  const routes = { rest: routingOf(rest), upgrade: takeUpgrades(listener, edge), rpc };
  const bound = await listener.listen(host, port);
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    rpc.setServing(false);
    edge.stop();
    streams.stop();
    const drain = async () => {
      const all = await edge.inFlight.drained(graceMs / 2);
      if (!all) logger.warn({ requests: edge.inFlight.count }, 'cutting requests that did not end in time');
      cut.abort(stopping());
    };
    await listener.stop(drain());
  };
  cleanup.defer(stop);

  const url = `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
  logger.info({ url }, 'serving the API');
  const running = cleanup.move();
  return {
    name: 'gateway',
    bindings: [],
    url,
    port: bound.port,
    get inFlight() {
      return edge.inFlight.count;
    },
    ready: () => (isStopping ? notReady('the gateway is stopping') : READY),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Pushes events to the ingress where there is one. */
function withIngress(clients: Clients, options: GatewayOptions, cleanup: AsyncDisposableStack): Clients {
  const { ingressUrl: url, logger } = options;
  if (url === undefined) return clients;
  const ingress = cleanup.use(new IngressPush({ url, events: clients.events, logger }));
  return { ...clients, runs: pushingRuns(clients.runs, ingress) };
}

/** HTTP/2 comes in the clothes of HTTP/1, which is what the router knows. */
function routingOf(app: RestApp): EdgeHandler {
  return (request, response) => app.routing(request as IncomingMessage, response as ServerResponse);
}

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Puts the edge before whoever answers WebSocket upgrades. */
function takeUpgrades({ http1 }: EdgeListener, edge: Edge): Upgrade {
  const answerers = http1.listeners('upgrade') as Upgrade[];
  http1.removeAllListeners('upgrade');
  http1.on('upgrade', edge.upgrade);
  return (request, socket, head) => {
    for (const answer of answerers) answer.call(http1, request, socket, head);
  };
}
