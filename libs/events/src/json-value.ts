import { create, fromJson, toJson } from '@bufbuild/protobuf';
import { NullValue, ValueSchema, type Value } from '@bufbuild/protobuf/wkt';
import type { JsonValue } from '@skein/domain';

/** A JSON value as the well-known type. */
export function valueOfJson(json: JsonValue): Value {
  switch (typeof json) {
    case 'string':
      return create(ValueSchema, { kind: { case: 'stringValue', value: json } });
    case 'number':
      return create(ValueSchema, { kind: { case: 'numberValue', value: json } });
    case 'boolean':
      return create(ValueSchema, { kind: { case: 'boolValue', value: json } });
    default:
      return json === null
        ? create(ValueSchema, { kind: { case: 'nullValue', value: NullValue.NULL_VALUE } })
        : fromJson(ValueSchema, json as Parameters<typeof fromJson>[1]);
  }
}

/** The JSON value of the well-known type; null where nothing is given. */
export function jsonOfValue(value: Value | undefined): JsonValue {
  return value === undefined ? null : toJson(ValueSchema, value);
}
