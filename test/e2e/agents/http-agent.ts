import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call that an agent got. */
export interface AgentCall {
  readonly path: string;
  readonly idempotencyKey: string;
  readonly runId: string;
  readonly runToken: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers a call, or does not. */
export type AgentAnswer = (response: ServerResponse, call: AgentCall) => void;

/** An agent in this process, healthy whatever it answers. */
export interface HttpAgent extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly AgentCall[];
}

/** Serves every POST with `answer`, on a free port. */
export async function startHttpAgent(answer: AgentAnswer): Promise<HttpAgent> {
  const calls: AgentCall[] = [];
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"healthy","version":"1.0.0"}');
      return;
    }
    request.setEncoding('utf8');
    let text = '';
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const call = callOf(request, JSON.parse(text) as AgentCall['body']);
      calls.push(call);
      answer(response, call);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers `POST /process`. */
export function sendOutput(response: ServerResponse, output: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ output }));
}

/** Begins an answer of `POST /invoke`; the function sends one event. */
export function beginEvents(response: ServerResponse): (event: string, data: object) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (event, data) => void response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

function callOf({ url = '', headers }: IncomingMessage, body: AgentCall['body']): AgentCall {
  const header = (name: string): string => String(headers[name] ?? '');
  const [idempotencyKey, runId, runToken] = [header('idempotency-key'), header('x-run-id'), header('x-run-token')];
  return { path: url, idempotencyKey, runId, runToken, body };
}
