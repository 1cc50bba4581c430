/**
 * An agent's HTTP server: routes, JSON bodies, errors as JSON, a health page.
 *
 * Owns the listening socket and the requests on it. Does not own what an agent
 * does with a request, nor the process.
 *
 * 1. Every request gets exactly one answer, and every failure a JSON body
 *    `{error: {code, message}}` while no answer has begun.
 * 2. A request's signal aborts when its client goes away, and when the server
 *    is cut off; the handler then stops working.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpFailure } from './http-failure.ts';
import { readJsonObject } from './json-body.ts';
import { openEventStream, type EventStream } from './event-stream.ts';
import type { JsonObject } from './json.ts';
import type { RunningAgent } from './agent-process.ts';

/** One POST request, body read. */
export interface HttpTask {
  readonly body: JsonObject;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Answers with JSON and status 200. */
  readonly reply: (answer: JsonObject) => void;
  /** Answers with server-sent events. */
  readonly stream: () => EventStream;
}

/** What an HTTP agent consists of. */
export interface HttpAgentOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Answer of `GET /health`. */
  readonly health: JsonObject;
  /** By path, such as `/process`; each is called with POST. */
  readonly routes: Readonly<Record<string, (task: HttpTask) => Promise<void> | void>>;
  /** Told of failures that are no fault of the caller. */
  readonly onFailure: (error: unknown) => void;
}

/** Time that running requests get to end when the agent stops, in milliseconds. */
const CLOSE_GRACE_MS = 1000;

/** Starts the server; rejects when the port is taken. */
export async function startHttpAgent(options: HttpAgentOptions): Promise<RunningAgent> {
  const server = createServer((request, response) => void serve(request, response, options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { address: `${options.host}:${port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, options: HttpAgentOptions): Promise<void> {
  try {
    await route(request, response, options);
  } catch (error) {
    if (response.destroyed) return;
    if (!(error instanceof HttpFailure)) options.onFailure(error);
    if (response.headersSent) response.destroy();
    else refuse(request, response, asFailure(error));
  }
}

const asFailure = (error: unknown) =>
  error instanceof HttpFailure ? error : new HttpFailure(500, 'INTERNAL', 'the agent failed; its log says why');

function refuse(request: IncomingMessage, response: ServerResponse, failure: HttpFailure): void {
  // What is still being sent is read and dropped, so that the client gets to see the answer.
  if (!request.complete) response.setHeader('connection', 'close');
  request.resume();
  sendJson(response, failure.status, { error: { code: failure.code, message: failure.message } });
}

async function route(request: IncomingMessage, response: ServerResponse, options: HttpAgentOptions): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://agent');
  if (pathname === '/health') {
    demandMethod(request, response, 'GET');
    return sendJson(response, 200, options.health);
  }
  const handler = Object.hasOwn(options.routes, pathname) ? options.routes[pathname] : undefined;
  if (handler === undefined) {
    const known = ['GET /health', ...Object.keys(options.routes).map((path) => `POST ${path}`)];
    throw new HttpFailure(404, 'NOT_FOUND', `nothing at ${pathname}; this agent serves ${known.join(' and ')}`);
  }
  demandMethod(request, response, 'POST');
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('the client went away')));
  const { signal } = gone;
  const body = await readJsonObject(request);
  await handler({
    body,
    signal,
    reply: (answer) => sendJson(response, 200, answer),
    stream: () => openEventStream(response, signal),
  });
}

function demandMethod(request: IncomingMessage, response: ServerResponse, method: string): void {
  if (request.method === method) return;
  response.setHeader('allow', method);
  throw new HttpFailure(405, 'METHOD_NOT_ALLOWED', `use ${method} instead of ${request.method ?? 'nothing'}`);
}

function sendJson(response: ServerResponse, status: number, body: JsonObject): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
