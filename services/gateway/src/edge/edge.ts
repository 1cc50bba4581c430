/**
 * What comes in first: decides who answers, and observes the exchange.
 *
 * Owns the count of what is being answered. Does not own answers: paths of the contracts go to the RPC side, all
 * others to REST.
 *
 * E1. Every request has exactly one exchange, from its head to the end of its answer.
 * E2. While stopping nothing new is begun.
 */
import { context } from '@opentelemetry/api';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorAnswer } from '../errors/error-body.ts';
import { foreignRequest, stopping } from '../errors/invalid-request.ts';
import type { BeginExchange, Exchange } from './exchange.ts';
import { InFlight } from './in-flight.ts';
import type { EdgeHandler, EdgeRequest, EdgeResponse } from './listener.ts';
import { foreignHeader } from './loopback.ts';

/** Status of an exchange whose client left before it had its answer, as proxies write it. */
const CLIENT_LEFT = 499;

/** Who answers. */
export interface EdgeRoutes {
  readonly rest: EdgeHandler;
  /** Answers requests that want a WebSocket. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly rpc: { readonly handle: EdgeHandler; serves(path: string): boolean };
}

/** The edge of one gateway. */
export class Edge {
  readonly inFlight = new InFlight();
  readonly #begin: BeginExchange;
  readonly #routes: () => EdgeRoutes;
  #stopping = false;

  /** `routes` is asked at each request: the REST side is made after the listener that it hangs on. */
  constructor(begin: BeginExchange, routes: () => EdgeRoutes) {
    this.#begin = begin;
    this.#routes = routes;
  }

  /** Begins no more exchanges (E2). */
  stop(): void {
    this.#stopping = true;
  }

  /** Answers a request. */
  readonly handle: EdgeHandler = (request, response) => {
    const exchange = this.#begin(request);
    this.inFlight.enter();
    response.once('close', () => {
      this.inFlight.leave();
      exchange.end(response.writableEnded ? response.statusCode : CLIENT_LEFT, response.writableEnded);
    });
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return refuse(response, refusal, exchange);
    const { rest, rpc } = this.#routes();
    const path = pathOf(request);
    if (!rpc.serves(path)) return context.with(exchange.context, rest, undefined, request, response);
    exchange.matched(request.method ?? 'POST', path);
    return context.with(exchange.context, rpc.handle, undefined, request, response);
  };

  /** Answers a request that wants a WebSocket. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const exchange = this.#begin(request);
    this.inFlight.enter();
    socket.once('close', () => {
      this.inFlight.leave();
      exchange.end(101, false);
    });
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return refuseUpgrade(socket, refusal, exchange);
    context.with(exchange.context, this.#routes().upgrade, undefined, request, socket, head);
  };

  #refusal(request: EdgeRequest) {
    if (this.#stopping) return stopping();
    const header = foreignHeader(request.headers);
    return header === undefined ? undefined : foreignRequest(header);
  }
}

function pathOf({ url = '/' }: EdgeRequest): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

function refuse(response: EdgeResponse, error: unknown, exchange: Exchange): void {
  const { status, headers, body } = errorAnswer(error, exchange.traceId);
  response.statusCode = status;
  for (const [name, value] of Object.entries({ ...headers, 'content-type': 'application/json; charset=utf-8' })) {
    response.setHeader(name, value);
  }
  // HTTP/2 says it in a frame of its own.
  if (response.req.httpVersionMajor === 1) response.setHeader('connection', 'close');
  response.end(JSON.stringify(body));
}

/** Nobody has made a response yet where an upgrade is asked for. */
function refuseUpgrade(socket: Duplex, error: unknown, exchange: Exchange): void {
  const { status, body } = errorAnswer(error, exchange.traceId);
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  // Node takes its own listener away before it hands a socket over.
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}
