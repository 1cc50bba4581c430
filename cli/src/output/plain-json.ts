/**
 * Messages of the contracts as the JSON that the command line prints, in the same form as REST: names of the contract,
 * states without their prefix (`DONE`), payloads and search attributes as the JSON they hold, whole numbers as numbers, bytes hexadecimal.
 * Absent messages and empty texts are left out; numbers, booleans, enums, lists and maps are always there.
 */
import { fromJson, ScalarType, toJson } from '@bufbuild/protobuf';
import type { DescField, DescMessage, JsonValue, MessageShape } from '@bufbuild/protobuf';
import { SearchAttributeSchema } from '@skein/contracts/type';
import { searchAttributeMessageJson } from '@skein/events';

const PAYLOAD = 'skein.type.v1.Payload';
const BIG_INTEGERS: ReadonlySet<ScalarType> = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);

/** One message. */
export function plainJson<Schema extends DescMessage>(schema: Schema, message: MessageShape<Schema>): JsonValue {
  return simplify(schema, toJson(schema, message, { useProtoFieldName: true, alwaysEmitImplicit: true }));
}

function simplify(schema: DescMessage, json: JsonValue): JsonValue {
  if (schema.typeName === PAYLOAD) return payloadJson(json);
  if (schema.typeName === SearchAttributeSchema.typeName) {
    return searchAttributeMessageJson(fromJson(SearchAttributeSchema, json)) as JsonValue;
  }
  if (schema.typeName.startsWith('google.protobuf.') || !isObject(json)) return json;
  const simplified: Record<string, JsonValue> = { ...json };
  for (const field of schema.fields) {
    const value = simplified[field.name];
    if (value === undefined || value === null) continue;
    if (value === '' && field.fieldKind === 'scalar') delete simplified[field.name];
    else simplified[field.name] = simplifyField(field, value);
  }
  return simplified;
}

function simplifyField(field: DescField, value: JsonValue): JsonValue {
  if (field.fieldKind === 'list' && Array.isArray(value)) return value.map((item) => simplifyItem(field, item));
  if (field.fieldKind === 'map' && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, simplifyItem(field, item)]));
  }
  return simplifyItem(field, value);
}

function simplifyItem(field: DescField, value: JsonValue): JsonValue {
  if (field.message) return simplify(field.message, value);
  if (field.enum) return enumWord(field.enum.sharedPrefix ?? '', value);
  if (typeof value !== 'string' || field.scalar === undefined) return value;
  if (field.scalar === ScalarType.BYTES) return Buffer.from(value, 'base64').toString('hex');
  return BIG_INTEGERS.has(field.scalar) ? Number(value) : value;
}

/** `RUN_STATE_DONE` → `DONE`. */
function enumWord(sharedPrefix: string, value: JsonValue): JsonValue {
  return typeof value === 'string' ? value.slice(sharedPrefix.length) : value;
}

function payloadJson(json: JsonValue): JsonValue {
  const base64 = isObject(json) ? json['json'] : undefined;
  if (typeof base64 !== 'string' || base64 === '') return null;
  return JSON.parse(Buffer.from(base64, 'base64').toString()) as JsonValue;
}

function isObject(json: JsonValue): json is { [key: string]: JsonValue } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
