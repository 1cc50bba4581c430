/**
 * The agents of the benchmark: plain HTTP, in a process of their own. Each is a path below which its protocol's own
 * path is called, such as `/echo/process`. Prints its port as soon as it listens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { echo } from './echo.ts';

type Handler = (body: string, response: ServerResponse, request: IncomingMessage) => void;

const HANDLERS: Readonly<Record<string, Handler>> = { '/echo/process': echo };
const HEALTH = '{"status":"healthy","version":"1.0.0"}';
const BACKLOG = 4096;

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(HEALTH);
    return;
  }
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    const handler = HANDLERS[request.url ?? ''];
    if (handler) handler(body, response, request);
    else response.writeHead(404).end(`there is no agent at ${request.url ?? ''}`);
  });
});
// Callers decide when a connection ends.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', BACKLOG, () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
