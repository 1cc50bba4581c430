/** An A2A agent of few lines over JSON-RPC, in either dialect, whose parts a test can replace. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { RpcDialect } from '../a2a/a2a-dialect.ts';
import { objectOf } from '../http/http-subject.ts';
import { reply, type HttpHandler } from './http-agent.ts';

/** A request that was read; `again` counts those of the same method from 1. */
export interface RpcRequest {
  readonly method: string;
  readonly params: JsonObject;
  readonly again: number;
}

/** What is answered: a result, or an error by its code, or several events. Undefined: as an agent that does everything right. */
export type RpcReply =
  | { readonly result: JsonValue }
  | { readonly error: number }
  | { readonly events: readonly JsonValue[] };

/** Parts of an agent. */
export interface A2aAgentParts {
  readonly dialect: RpcDialect;
  /** Members of the card in place of its own. */
  readonly card?: JsonObject;
  readonly answer?: (request: RpcRequest) => RpcReply | undefined;
  /** Answers requests itself; true: it did. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** A task in the words of a dialect. */
export function taskIn(dialect: RpcDialect, state: string, id = 'task-1'): JsonObject {
  const about = { id, contextId: 'context-1' };
  if (dialect === '0.3') return { kind: 'task', ...about, status: { state } };
  return { ...about, status: { state: `TASK_STATE_${state.toUpperCase().replaceAll('-', '_')}` } };
}

/** What an answer to a message holds. */
export const inAnswer = (dialect: RpcDialect, task: JsonObject): JsonObject => (dialect === '0.3' ? task : { task });

/** The handler of an agent that does everything right but for what its parts say. */
export function a2aHandler({ dialect, card, answer, intercept }: A2aAgentParts): HttpHandler {
  const counts = new Map<string, number>();
  return async (request, response) => {
    if (intercept?.(request, response) === true) return;
    if (request.method === 'GET') return reply(response, 200, { ...cardIn(dialect, request), ...card });
    const body = objectOf(await text(request));
    const method = body?.['method'];
    if (typeof method !== 'string') return reply(response, 200, envelope(null, { error: -32_700 }));
    const again = (counts.get(method) ?? 0) + 1;
    counts.set(method, again);
    const params = (body?.['params'] ?? {}) as JsonObject;
    const said = answer?.({ method, params, again }) ?? rightAnswer(dialect, method, params);
    if (!('events' in said)) return reply(response, 200, envelope(body?.['id'] ?? null, said));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const result of said.events) {
      response.write(`data: ${JSON.stringify(envelope(body?.['id'] ?? null, { result }))}\n\n`);
    }
    response.end();
  };
}

function cardIn(dialect: RpcDialect, { headers }: IncomingMessage): JsonObject {
  const url = `http://${headers.host}/rpc`;
  const about = {
    name: 'Sample',
    description: 'Does.',
    version: '1.0.0',
    skills: [{ id: 'do' }],
    capabilities: { streaming: true },
  };
  if (dialect === '0.3') return { ...about, url, protocolVersion: '0.3.0', preferredTransport: 'JSONRPC' };
  return { ...about, supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }] };
}

function rightAnswer(dialect: RpcDialect, method: string, { id }: JsonObject): RpcReply {
  const isNew = dialect === '1.0';
  switch (method) {
    case isNew ? 'SendMessage' : 'message/send':
      return { result: inAnswer(dialect, taskIn(dialect, 'working')) };
    case isNew ? 'SendStreamingMessage' : 'message/stream':
      return { events: ['working', 'completed'].map((state) => inAnswer(dialect, taskIn(dialect, state))) };
    case isNew ? 'GetTask' : 'tasks/get':
      return id === 'task-1' ? { result: taskIn(dialect, 'completed') } : { error: -32_001 };
    case isNew ? 'CancelTask' : 'tasks/cancel':
      return { error: -32_001 };
    default:
      return { error: -32_601 };
  }
}

function envelope(id: JsonValue, said: { readonly result: JsonValue } | { readonly error: number }): JsonObject {
  if ('result' in said) return { jsonrpc: '2.0', id, result: said.result };
  return { jsonrpc: '2.0', id, error: { code: said.error, message: 'refused' } };
}
