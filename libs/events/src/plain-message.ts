/**
 * Messages of the contracts from the JSON that people write, in the form in which REST and the command line show them:
 * names of the contract in snake_case, words of enums without their prefix and in any case, durations as `1h30m`, times as
 * RFC 3339, payloads as the JSON they are, limits also as `{"cpu": "500m", "memory": "512Mi"}`.
 */
import { create, ScalarType, type DescField, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { ResourcesSchema } from '@skein/contracts/registry';
import { instantMs, SearchAttributeError, searchAttributeOf, type JsonObject, type JsonValue } from '@skein/domain';
import { durationOfMs, timestampOfMs } from './clock-types.ts';
import { valueOfJson } from './json-value.ts';
import { cpuMillisOf, memoryBytesOf } from './quantity.ts';
import { searchAttributeToMessage } from './search-attribute-codec.ts';

/** A field that is not as the contract says. */
export class PlainMessageError extends Error {
  override readonly name = 'PlainMessageError';
  /** Path of the field, such as `spec.intervals[0].every`. */
  readonly field: string;
  /** What would be right. */
  readonly description: string;

  constructor(field: string, description: string) {
    super(`${field}: ${description}`);
    this.field = field;
    this.description = description;
  }
}

type Read = (json: JsonValue, path: string) => unknown;

const READ_AS_VALUE: Readonly<Record<string, Read>> = {
  'google.protobuf.Duration': (json, path) => durationOfMs(spanMs(json, path)),
  'google.protobuf.Timestamp': (json, path) => timestampOfMs(instantAt(json, path)),
  'google.protobuf.Value': (json) => valueOfJson(json),
  'google.protobuf.Struct': objectAt,
  'skein.type.v1.SearchAttribute': searchAttributeAt,
  'skein.registry.v1.Resources': resourcesAt,
};

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SPAN = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const SPAN_PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** A message. `path` stands before the names of fields in errors. @throws PlainMessageError */
export function messageFromPlain<Desc extends DescMessage>(desc: Desc, json: JsonValue, path = ''): MessageShape<Desc> {
  return readMessage(desc, json, path) as MessageShape<Desc>;
}

function readMessage(desc: DescMessage, json: JsonValue, path: string): unknown {
  const init: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(objectAt(json, path))) {
    const at = path === '' ? name : `${path}.${name}`;
    const field = desc.fields.find((it) => it.name === name);
    if (field === undefined) throw new PlainMessageError(at, `leave it out, or give one of ${namesOf(desc)}`);
    if (value === null && field.message?.typeName !== 'google.protobuf.Value') continue;
    const read = readField(field, value, at);
    if (field.oneof === undefined) init[field.localName] = read;
    else if (init[field.oneof.localName] === undefined)
      init[field.oneof.localName] = { case: field.localName, value: read };
    else
      throw new PlainMessageError(at, `give one of ${field.oneof.fields.map((it) => it.name).join(', ')}, not several`);
  }
  return create(desc, init as never);
}

function readField(field: DescField, json: JsonValue, path: string): unknown {
  switch (field.fieldKind) {
    case 'list':
      if (!Array.isArray(json)) throw new PlainMessageError(path, 'give a list');
      return json.map((item, index) => readSingle(field, item, `${path}[${index}]`));
    case 'map':
      return Object.fromEntries(
        Object.entries(objectAt(json, path)).map(([key, value]) => [key, readSingle(field, value, `${path}.${key}`)]),
      );
    default:
      return readSingle(field, json, path);
  }
}

function readSingle(field: DescField, json: JsonValue, path: string): unknown {
  if (field.message) return (READ_AS_VALUE[field.message.typeName] ?? readMessageOf(field.message))(json, path);
  if (field.enum) {
    const word = typeof json === 'string' ? json.toUpperCase() : '';
    const known = field.enum.values.filter(({ number }) => number !== 0);
    const found = known.find(({ localName }) => localName === word);
    if (found) return found.number;
    throw new PlainMessageError(
      path,
      `give one of ${known.map(({ localName }) => localName.toLowerCase()).join(', ')}`,
    );
  }
  return readScalar(field.scalar ?? ScalarType.STRING, json, path);
}

function readMessageOf(desc: DescMessage): Read {
  return (json, path) => readMessage(desc, json, path);
}

function readScalar(type: ScalarType, json: JsonValue, path: string): unknown {
  switch (type) {
    case ScalarType.STRING:
      if (typeof json === 'string') return json;
      throw new PlainMessageError(path, 'give a text');
    case ScalarType.BOOL:
      if (typeof json === 'boolean') return json;
      throw new PlainMessageError(path, 'give true or false');
    case ScalarType.INT32:
    case ScalarType.UINT32:
      if (Number.isInteger(json) && Number(json) >= 0 && Number(json) < 2 ** 31) return json;
      throw new PlainMessageError(path, 'give a whole number from 0 to 2147483647');
    case ScalarType.INT64:
    case ScalarType.UINT64:
      if (Number.isSafeInteger(json) && Number(json) >= 0) return BigInt(Number(json));
      throw new PlainMessageError(path, 'give a whole number, not below 0');
    case ScalarType.DOUBLE:
      if (typeof json === 'number') return json;
      throw new PlainMessageError(path, 'give a number');
    default:
      throw new TypeError(`no field of type ${ScalarType[type]} is written by people: ${path}`);
  }
}

function objectAt(json: JsonValue, path: string): JsonObject {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject;
  throw new PlainMessageError(path === '' ? 'body' : path, 'give an object');
}

function spanMs(json: JsonValue, path: string): number {
  if (typeof json !== 'string' || !SPAN.test(json)) {
    throw new PlainMessageError(path, 'give a time span such as 500ms, 30s, 1h30m or 7d');
  }
  let ms = 0;
  for (const [, number, unit = ''] of json.matchAll(SPAN_PART)) ms += Number(number) * (UNIT_MS[unit] ?? 0);
  return ms;
}

function searchAttributeAt(json: JsonValue, path: string): unknown {
  try {
    const attribute = searchAttributeOf(path, json);
    if (attribute !== undefined) return searchAttributeToMessage(attribute);
  } catch (error) {
    if (error instanceof SearchAttributeError) throw new PlainMessageError(path, error.message);
    throw error;
  }
  throw new PlainMessageError(path, 'leave it out, or give a value');
}

function resourcesAt(json: JsonValue, path: string): unknown {
  const { cpu, memory, ...rest } = objectAt(json, path);
  const fields = new Map(Object.entries(rest));
  if (cpu !== undefined) {
    const millis = cpuMillisOf(cpu);
    if (millis === undefined) throw new PlainMessageError(`${path}.cpu`, 'give processors, such as 500m, 0.5 or 2');
    fields.set('cpu_millis', millis);
  }
  if (memory !== undefined) {
    const bytes = memoryBytesOf(memory);
    if (bytes === undefined) throw new PlainMessageError(`${path}.memory`, 'give bytes, such as 512Mi or 1G');
    fields.set('memory_bytes', Number(bytes));
  }
  return readMessage(ResourcesSchema, Object.fromEntries(fields), path);
}

function instantAt(json: JsonValue, path: string): number {
  const ms = typeof json === 'string' ? instantMs(json) : undefined;
  if (ms === undefined) throw new PlainMessageError(path, 'give a time with its zone, such as 2026-12-24T18:00:00Z');
  return ms;
}

function namesOf(desc: DescMessage): string {
  return desc.fields.map(({ name }) => name).join(', ');
}
