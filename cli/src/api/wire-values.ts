import { fromJson, toJson, type JsonValue } from '@bufbuild/protobuf';
import { ValueSchema, type Value } from '@bufbuild/protobuf/wkt';

/** JSON as the contracts carry it. */
export function valueOfJson(json: JsonValue): Value {
  return fromJson(ValueSchema, json);
}

/** The JSON that a value holds; an absent one is null. */
export function jsonOfValue(value: Value | undefined): JsonValue {
  return value === undefined ? null : toJson(ValueSchema, value);
}

/** A time span as the contracts carry it. */
export function durationOfMs(spanMs: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.floor(spanMs / 1000)), nanos: Math.round((spanMs % 1000) * 1e6) };
}
