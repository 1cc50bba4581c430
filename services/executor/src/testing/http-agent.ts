/** A real HTTP server that behaves as a test says. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SelfSigned } from '@skein/testkit';

/** One request, read to its end. */
export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

export interface HttpAgent extends AsyncDisposable {
  /** Base URL. */
  readonly url: string;
  readonly received: readonly ReceivedPost[];
  /** Connections ever made. */
  readonly connections: number;
  /** Resolves when a client has gone away before its answer was complete. */
  readonly clientGone: Promise<void>;
}

/** Starts an agent; `answer` is called once for each request. With a certificate, over TLS. */
export async function startHttpAgent(
  answer: (response: ServerResponse, post: ReceivedPost, socket: Socket) => void | Promise<void>,
  tls?: SelfSigned,
): Promise<HttpAgent> {
  const received: ReceivedPost[] = [];
  const gone = Promise.withResolvers<void>();
  let connections = 0;
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('close', () => {
      if (!response.writableFinished) gone.resolve();
    });
    void read(request).then((post) => {
      received.push(post);
      return answer(response, post, request.socket);
    });
  };
  const server = tls === undefined ? createServer(serve) : createSecureServer(tls, serve);
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    received,
    get connections() {
      return connections;
    },
    clientGone: gone.promise,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Begins an event stream; the returned function sends one event. */
export function sendEvents(response: ServerResponse): (event: string, data: unknown) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (event, data) => void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

async function read(request: IncomingMessage): Promise<ReceivedPost> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return { path: request.url ?? '', headers: request.headers, body: JSON.parse(text) as Record<string, unknown> };
}
