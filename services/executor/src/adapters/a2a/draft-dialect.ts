/**
 * The JSON of the draft that 1.0 was before it was published, as agents of that time speak it: 1.0's methods and paths,
 * 0.3's parts, tasks by resource name, and servers that refuse members they do not know.
 *
 * Owns both directions of the translation. Does not own transport.
 */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isJsonObject } from '../../domain/json-object.ts';

/** Operations that are about a task that exists. */
const ABOUT_TASK: ReadonlySet<string> = new Set(['GetTask', 'CancelTask', 'SubscribeToTask']);

/** JSON-RPC codes that the draft's servers use for gRPC's statuses, where 1.0 means something else by them. */
const CODES: ReadonlyMap<JsonValue | undefined, number> = new Map([
  [-32_004, -32_001],
  [-32_001, -32_000],
  [-32_003, -32_000],
]);

/** A request of 1.0 in the draft's words: a JSON-RPC envelope, or the body of a REST request. */
export function toDraft(body: JsonValue): JsonValue {
  if (!isJsonObject(body)) return body;
  if (typeof body['method'] !== 'string') return sendToDraft(body);
  const params = isJsonObject(body['params']) ? body['params'] : {};
  return { ...body, params: ABOUT_TASK.has(body['method']) ? byName(params) : sendToDraft(params) };
}

/** An answer of the draft in the words of 1.0: whatever holds parts or a state, wherever it stands. */
export function fromDraft(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(fromDraft);
  if (!isJsonObject(value)) return value;
  const { parts, final: _, msg, ...rest } = value;
  const entries = Object.entries(rest).map(([name, member]) => [name, memberFrom(name, member)] as const);
  return {
    ...Object.fromEntries(entries),
    ...(msg === undefined ? {} : { message: fromDraft(msg) }),
    ...(Array.isArray(parts) ? { parts: parts.map(partFrom) } : {}),
  };
}

function memberFrom(name: string, member: JsonValue): JsonValue {
  // What people put there is theirs.
  if (name === 'metadata') return member;
  if (name === 'state' && member === 'TASK_STATE_CANCELLED') return 'TASK_STATE_CANCELED';
  if (name === 'error' && isJsonObject(member))
    return { ...member, code: CODES.get(member['code']) ?? member['code'] ?? 0 };
  return fromDraft(member);
}

function byName({ id, historyLength }: JsonObject): JsonObject {
  return {
    name: `tasks/${typeof id === 'string' ? id : ''}`,
    ...(historyLength === undefined ? {} : { historyLength }),
  };
}

function sendToDraft(request: JsonObject): JsonObject {
  const { message, configuration, ...rest } = request;
  if (!isJsonObject(message)) return request;
  const { parts, ...about } = message;
  const { historyLength } = isJsonObject(configuration) ? configuration : {};
  return {
    ...rest,
    message: { ...about, parts: Array.isArray(parts) ? parts.map(partTo) : [] },
    configuration: { blocking: true, ...(historyLength === undefined ? {} : { historyLength }) },
  };
}

function partTo(part: JsonValue): JsonValue {
  if (!isJsonObject(part) || part['data'] === undefined) return part;
  const data = part['data'];
  return { data: { data: isJsonObject(data) ? data : { value: data } } };
}

function partFrom(part: JsonValue): JsonValue {
  if (!isJsonObject(part)) return part;
  const { data, file, ...rest } = part;
  if (isJsonObject(data)) return { ...rest, data: data['data'] ?? {} };
  if (!isJsonObject(file)) return part;
  const { fileWithUri, fileWithBytes, name, mediaType } = file;
  return {
    ...rest,
    ...(fileWithUri === undefined ? { raw: fileWithBytes ?? '' } : { url: fileWithUri }),
    ...(name === undefined ? {} : { filename: name }),
    ...(mediaType === undefined ? {} : { mediaType }),
  };
}
