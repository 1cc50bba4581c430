/**
 * A hand-made agent of the draft that 1.0 was before it was published: as strict about members that it does not know as
 * servers of that time, in JSON-RPC and HTTP+JSON.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DraftAgent extends AsyncDisposable {
  readonly url: string;
  /** Messages that came, as they came. */
  readonly messages: ReadonlyArray<Record<string, unknown>>;
  /** `METHOD /path` of every request. */
  readonly lines: readonly string[];
}

type Json = Record<string, unknown>;

const KNOWN_MEMBERS = {
  request: ['message', 'configuration', 'metadata'],
  message: ['messageId', 'contextId', 'taskId', 'role', 'parts', 'metadata', 'extensions'],
  configuration: ['blocking', 'historyLength', 'acceptedOutputModes'],
  part: ['text', 'file', 'data', 'metadata'],
  named: ['name', 'historyLength'],
};

const STATES = ['TASK_STATE_WORKING', 'TASK_STATE_COMPLETED'];
const PARTS = [{ data: { data: { total: 3 } } }];

/** Starts an agent whose stream breaks after the first event, so that its task is taken up again. */
export async function startDraftAgent(
  binding: 'jsonrpc' | 'http+json',
  { breaks = false, state = 'TASK_STATE_COMPLETED' } = {},
): Promise<DraftAgent> {
  const messages: Json[] = [];
  const lines: string[] = [];
  const task = (at: number): Json => ({
    id: 'task-1',
    contextId: 'ctx-1',
    status: { state: at === 0 ? STATES[0] : state, message: at === 0 ? undefined : said('as said') },
    artifacts: at === 0 ? [] : [{ artifactId: 'a', parts: PARTS }],
  });
  const events = (from: number): Json[] =>
    [
      { task: task(0) },
      {
        statusUpdate: {
          taskId: 'task-1',
          contextId: 'ctx-1',
          status: { state: STATES[0], message: said('counting') },
          metadata: { event_type: 'agent.thinking' },
        },
      },
      { artifactUpdate: { taskId: 'task-1', contextId: 'ctx-1', artifact: { artifactId: 'a', parts: PARTS } } },
      {
        statusUpdate: {
          taskId: 'task-1',
          contextId: 'ctx-1',
          final: true,
          status: { state, message: said('as said') },
        },
      },
    ].slice(from);

  const send = (request: Json): Json => {
    demand('request', request);
    demand('message', request['message']);
    demand('configuration', request['configuration'] ?? {});
    const message = request['message'] as Json;
    for (const part of message['parts'] as unknown[]) demand('part', part);
    messages.push(message);
    return { task: task(1) };
  };
  const named = (params: Json): void => {
    demand('named', params);
    if (params['name'] !== 'tasks/task-1') throw new Error('task not found');
  };

  const rest = (request: IncomingMessage, response: ServerResponse, body: Json): void => {
    const path = request.url?.replace(/\?.*/, '') ?? '';
    const method = request.method ?? '';
    if (method === 'POST' && path === '/message:send') return sendJson(response, send(body));
    if (method === 'POST' && path === '/message:stream') {
      send(body);
      return stream(response, events(0), breaks);
    }
    if (method === 'GET' && path === '/tasks/task-1:subscribe') return stream(response, events(1), false);
    if (method === 'GET' && path === '/tasks/task-1') return sendJson(response, task(1));
    if (path === '/tasks/task-1:cancel') return sendJson(response, task(1));
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
  };
  const rpc = (response: ServerResponse, { id, method, params }: Json): void => {
    const envelope = (result: Json): Json => ({ jsonrpc: '2.0', id, result });
    const about = params as Json;
    switch (method) {
      case 'SendMessage':
        return sendJson(response, envelope(send(about)));
      case 'SendStreamingMessage':
        send(about);
        return stream(response, events(0).map(envelope), breaks);
      case 'SubscribeToTask':
        named(about);
        return stream(response, events(1).map(envelope), false);
      case 'GetTask':
        named(about);
        return sendJson(response, envelope(task(1)));
      default:
        return sendJson(response, { jsonrpc: '2.0', error: { code: -32_601, message: 'method not found' } });
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readJson(request);
    try {
      if (binding === 'jsonrpc') rpc(response, body);
      else rest(request, response, body);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      if (binding === 'jsonrpc')
        return sendJson(response, { jsonrpc: '2.0', error: { code: -32_602, message: detail } });
      response.writeHead(400, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ title: 'InvalidArgument', detail }));
    }
  };

  const server = createServer((request, response) => {
    lines.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const { port } = server.address() as AddressInfo;
    if (request.url === '/.well-known/agent-card.json') return sendJson(response, cardOf(port, binding));
    void answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    lines,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const said = (text: string): Json => ({ messageId: text, role: 'ROLE_AGENT', parts: [{ text }] });

const cardOf = (port: number, protocolBinding: string): Json => ({
  protocolVersion: 'v1',
  name: 'Draft',
  description: 'Of another time.',
  version: '0.1.0',
  capabilities: { streaming: true },
  supportedInterfaces: [{ url: `http://127.0.0.1:${port}`, protocolBinding }],
  skills: [{ id: 'sum', name: 'sum', description: 'Adds.' }],
});

function demand(what: keyof typeof KNOWN_MEMBERS, value: unknown): void {
  const strange = Object.keys(value as Json).find((name) => !KNOWN_MEMBERS[what].includes(name));
  if (strange !== undefined) throw new Error(`unknown field "${strange}" of the ${what}`);
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function stream(response: ServerResponse, events: readonly Json[], breaks: boolean): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const [first, ...others] = events.map((event) => `data: ${JSON.stringify(event)}\n\n`);
  if (breaks) return void response.write(first ?? '', () => setImmediate(() => response.destroy()));
  response.end([first, ...others].join(''));
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Json);
}
