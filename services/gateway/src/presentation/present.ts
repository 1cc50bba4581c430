/**
 * Messages of the contracts as REST shows them: one rule for every message, so that a new field needs no code here.
 *
 * P1. Names are the contract's, in snake_case; words of enums lose their prefix (`RUN_STATE_DONE` is `DONE`).
 * P2. Payloads, values, structs and search attributes are the JSON they hold; bytes are hexadecimal; 64-bit integers are JSON numbers
 *     (counts and positions, far below 2^53).
 * P3. Timestamps are RFC 3339, durations `1.5s`.
 * P4. Absent messages and empty texts are left out; numbers, booleans, enums, lists and maps are always there.
 * P5. The set case of a oneof is a field like any other.
 */
import { ScalarType, type DescField, type DescMessage, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import type { MessageShape } from '@bufbuild/protobuf';
import type { Duration, Timestamp, Value } from '@bufbuild/protobuf/wkt';
import type { Payload, SearchAttribute } from '@skein/contracts/type';
import { jsonOfValue, searchAttributeMessageJson } from '@skein/events';
import { durationText, timestampText } from './time-text.ts';

type Show = (value: unknown) => JsonValue | undefined;
type Writer = (message: Readonly<Record<string, unknown>>, json: JsonObject) => void;

const utf8 = new TextDecoder();

/** Messages that are one JSON value, not an object of their fields. */
const SHOWN_AS_VALUE: Readonly<Record<string, Show>> = {
  'google.protobuf.Timestamp': (value) => timestampText(value as Timestamp),
  'google.protobuf.Duration': (value) => durationText(value as Duration),
  'google.protobuf.Value': (value) => jsonOfValue(value as Value) as JsonValue,
  'google.protobuf.Struct': (value) => value as JsonObject,
  'skein.type.v1.Payload': (value) => payloadJson(value as Payload),
  'skein.type.v1.SearchAttribute': (value) => searchAttributeMessageJson(value as SearchAttribute) as JsonValue,
};

/** The JSON that a payload holds; empty is null. */
export function payloadJson({ json }: Payload): JsonValue {
  return json.length === 0 ? null : (JSON.parse(utf8.decode(json)) as JsonValue);
}

const writersOf = new Map<string, readonly Writer[]>();

/** A message as a JSON object. */
export function present<Desc extends DescMessage>(desc: Desc, message: MessageShape<Desc>): JsonObject {
  return presentAny(desc, message);
}

function presentAny(desc: DescMessage, message: unknown): JsonObject {
  let writers = writersOf.get(desc.typeName);
  if (writers === undefined) writersOf.set(desc.typeName, (writers = desc.fields.map(writerOf)));
  const json: JsonObject = {};
  for (const write of writers) write(message as Readonly<Record<string, unknown>>, json);
  return json;
}

function writerOf(field: DescField): Writer {
  const show = showField(field);
  const { name, localName } = field;
  if (field.oneof !== undefined) {
    const { localName: group } = field.oneof;
    return (message, json) => {
      const chosen = message[group] as { readonly case?: string; readonly value?: unknown };
      if (chosen.case === localName) set(json, name, show(chosen.value));
    };
  }
  return (message, json) => set(json, name, show(message[localName]));
}

function set(json: JsonObject, name: string, value: JsonValue | undefined): void {
  if (value !== undefined) json[name] = value;
}

function showField(field: DescField): Show {
  switch (field.fieldKind) {
    case 'list': {
      const show = showSingle(field.listKind === 'scalar' ? field.scalar : (field.enum ?? field.message));
      return (items) => (items as readonly unknown[]).map((item) => show(item) ?? '');
    }
    case 'map': {
      const show = showSingle(field.mapKind === 'scalar' ? field.scalar : (field.enum ?? field.message));
      return (entries) =>
        Object.fromEntries(Object.entries(entries as object).map(([key, value]) => [key, show(value) ?? '']));
    }
    default:
      return showSingle(field.fieldKind === 'scalar' ? field.scalar : (field.enum ?? field.message));
  }
}

function showSingle(type: ScalarType | NonNullable<DescField['enum'] | DescField['message']>): Show {
  if (typeof type === 'number') return showScalar(type);
  if (type.kind === 'enum') {
    const words = new Map(type.values.map(({ number, localName }) => [number, localName]));
    return (value) => words.get(value as number) ?? String(value);
  }
  const asValue = SHOWN_AS_VALUE[type.typeName];
  if (asValue !== undefined) return (value) => (value === undefined ? undefined : asValue(value));
  return (value) => (value === undefined ? undefined : presentAny(type, value));
}

function showScalar(type: ScalarType): Show {
  switch (type) {
    case ScalarType.INT64:
    case ScalarType.UINT64:
    case ScalarType.SINT64:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return (value) => Number(value);
    case ScalarType.BYTES:
      return (value) => Buffer.from(value as Uint8Array).toString('hex');
    case ScalarType.STRING:
      return (value) => (value === '' ? undefined : (value as string));
    default:
      return (value) => value as JsonValue;
  }
}
