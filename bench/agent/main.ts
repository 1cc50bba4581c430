/**
 * The agents of the benchmark: plain HTTP, in a process of their own. Each is a path below which its protocol's own
 * path is called, such as `/echo/process`; `/control/…` is for the benchmark itself. Tells its port over the IPC
 * channel as soon as it listens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { busy } from './busy.ts';
import { callJournal, type Control } from './call-journal.ts';
import { echo } from './echo.ts';
import { slow } from './slow.ts';
import { talker } from './talker.ts';

type Agent = (body: string, response: ServerResponse, request: IncomingMessage) => void;

const BACKLOG = 4096;
const HEALTH = '{"status":"healthy","version":"1.0.0"}';
const journal = callJournal();
const talk = talker();

const AGENTS: Readonly<Record<string, Agent>> = {
  '/echo/process': echo,
  '/slow/process': slow(journal),
  '/busy/process': busy(journal),
  '/talker/invoke': talk.invoke,
  // Not an agent: the collector of traces.
  '/v1/traces': (_body, response) => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(),
};
const CONTROLS: Readonly<Record<string, Control>> = {
  '/control/reset': journal.reset,
  '/control/called': journal.answerWhenCalled,
  '/control/calls': journal.list,
  '/control/talk': talk.begin,
};

function get(url: string, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://agents');
  const control = CONTROLS[pathname];
  response.setHeader('content-type', 'application/json');
  if (control) control(searchParams, response);
  else response.end(HEALTH);
}

function post(request: IncomingMessage, response: ServerResponse): void {
  const agent = AGENTS[request.url ?? ''];
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    if (agent) agent(body, response, request);
    else response.writeHead(404).end(`there is no agent at ${request.url ?? ''}`);
  });
}

const server = createServer((request, response) => {
  if (request.method === 'POST') post(request, response);
  else get(request.url ?? '/', response);
});
// Callers decide when a connection ends, and how long an answer takes.
server.keepAliveTimeout = 600_000;
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', BACKLOG, () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
