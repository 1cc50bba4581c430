/** What requests and answers look like in A2A 1.0 and in 0.3, over JSON-RPC. */
import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isObject } from '../http/http-subject.ts';

/** The dialects that are looked at. */
export type RpcDialect = '1.0' | '0.3';

/** What is asked of an agent. */
export type Operation = 'send' | 'stream' | 'get' | 'cancel';

/** What came back, be it an answer or an event of a stream. */
export type Reply =
  | { readonly kind: 'task'; readonly id: string; readonly contextId: string; readonly state: string }
  | { readonly kind: 'message'; readonly hasParts: boolean }
  | { readonly kind: 'status'; readonly state: string }
  | { readonly kind: 'artifact' };

const METHODS: Readonly<Record<RpcDialect, Readonly<Record<Operation, string>>>> = {
  '1.0': { send: 'SendMessage', stream: 'SendStreamingMessage', get: 'GetTask', cancel: 'CancelTask' },
  '0.3': { send: 'message/send', stream: 'message/stream', get: 'tasks/get', cancel: 'tasks/cancel' },
};

/** States of both dialects, in the words of 0.3. */
export const STATES: ReadonlySet<string> = new Set([
  'submitted',
  'working',
  'input-required',
  'completed',
  'canceled',
  'failed',
  'rejected',
  'auth-required',
]);
const ENDS: ReadonlySet<string> = new Set([
  'completed',
  'canceled',
  'failed',
  'rejected',
  'input-required',
  'auth-required',
]);

/** Nothing more comes of a task in this state until somebody says something. */
export const isEndState = (state: string): boolean => ENDS.has(state);

export const methodOf = (dialect: RpcDialect, operation: Operation): string => METHODS[dialect][operation];

/** Headers that a request of the dialect has. */
export const headersOf = (dialect: RpcDialect): Readonly<Record<string, string>> =>
  dialect === '1.0' ? { 'a2a-version': '1.0' } : {};

/** A message as the platform makes it of an input. */
export function messageOf(dialect: RpcDialect, input: JsonValue): JsonObject {
  const part: JsonObject = typeof input === 'string' ? { text: input } : { data: input };
  const ids = { messageId: randomUUID() };
  if (dialect === '1.0') return { message: { ...ids, role: 'ROLE_USER', parts: [part] } };
  const kind = typeof input === 'string' ? 'text' : 'data';
  return { message: { ...ids, kind: 'message', role: 'user', parts: [{ kind, ...part }] } };
}

/** Undefined: it is nothing of the dialect. */
export function replyOf(dialect: RpcDialect, result: JsonValue | undefined): Reply | undefined {
  if (!isObject(result)) return undefined;
  if (dialect === '1.0') {
    if (isObject(result['task'])) return taskOf(result['task']);
    if (isObject(result['message'])) return saidOf(result['message']);
    if (isObject(result['statusUpdate'])) return { kind: 'status', state: stateOf(result['statusUpdate']) };
    return isObject(result['artifactUpdate']) ? { kind: 'artifact' } : undefined;
  }
  switch (result['kind']) {
    case 'task':
      return taskOf(result);
    case 'message':
      return saidOf(result);
    case 'status-update':
      return { kind: 'status', state: stateOf(result) };
    case 'artifact-update':
      return { kind: 'artifact' };
    default:
      return undefined;
  }
}

/** A task as GetTask and CancelTask answer it: by itself in both dialects. */
export function taskOf(task: JsonObject): Reply & { readonly kind: 'task' } {
  return { kind: 'task', id: textOf(task['id']), contextId: textOf(task['contextId']), state: stateOf(task) };
}

function saidOf(message: JsonObject): Reply {
  const parts = message['parts'];
  return { kind: 'message', hasParts: Array.isArray(parts) && parts.length > 0 };
}

/** In the words of 0.3. */
function stateOf({ status }: JsonObject): string {
  const state = isObject(status) ? textOf(status['state']) : '';
  return state.startsWith('TASK_STATE_') ? state.slice('TASK_STATE_'.length).toLowerCase().replaceAll('_', '-') : state;
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
