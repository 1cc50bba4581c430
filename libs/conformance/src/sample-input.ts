/** Inputs made of a JSON Schema: one that fits, one that does not. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { compileSchema } from '@skein/domain';

/** A value that fits the schema. Undefined: none was found; the author knows one. */
export function fittingInput(schema: JsonObject): JsonValue | undefined {
  const candidates = [sample(schema), ...PLAIN];
  return candidates.find((value) => value !== undefined && fits(schema, value));
}

/** A value that does not fit. Undefined: everything that was tried does. */
export function unfittingInput(schema: JsonObject): JsonValue | undefined {
  return PLAIN.find((value) => !fits(schema, value));
}

const PLAIN: readonly JsonValue[] = [null, 7, true, [], {}, 'text', '', -1];

function fits(schema: JsonObject, value: JsonValue): boolean {
  const compiled = compileSchema(schema);
  return 'validate' in compiled && compiled.validate(value).length === 0;
}

function sample(schema: JsonValue | undefined): JsonValue | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return 'text';
  const { const: constant, default: preset, examples, enum: values, type } = schema;
  const given = constant ?? preset ?? first(examples) ?? first(values);
  if (given !== undefined) return given;
  for (const key of ['anyOf', 'oneOf'] as const) {
    const option = first(schema[key]);
    if (option !== undefined && type === undefined) return sample(option);
  }
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object':
      return sampleObject(schema);
    case 'array':
      return schema['minItems'] === undefined ? [] : [sample(schema['items']) ?? null];
    case 'number':
    case 'integer':
      return schema['minimum'] ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return schema['properties'] === undefined ? 'text' : sampleObject(schema);
  }
}

function sampleObject(schema: JsonObject): JsonObject {
  const { properties } = schema;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return {};
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, sample(property) ?? null]));
}

function first(values: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(values) ? values[0] : undefined;
}
