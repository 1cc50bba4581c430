/** One schema for several that must all hold. What cannot be merged exactly is left to the check of the value. */
import { canonicalJson, isJsonArray, isJsonObject, type JsonSchema, type JsonValue } from '@skein/domain';
import { ImpossibleSchemaError } from './impossible-schema.ts';

type Merge = (one: JsonValue, other: JsonValue) => JsonValue;

const larger: Merge = (one, other) => (Number(one) > Number(other) ? one : other);
const smaller: Merge = (one, other) => (Number(one) < Number(other) ? one : other);
const both: Merge = (one, other) => ({ allOf: [one, other] });
const listsOf: Merge = (one, other) => [...(isJsonArray(one) ? one : []), ...(isJsonArray(other) ? other : [])];
const unionOf: Merge = (one, other) => [...new Set(listsOf(one, other) as JsonValue[])];

/** Values that are in both lists; a single value counts as a list. */
const commonOf: Merge = (one, other) => {
  const inOther = new Set((isJsonArray(other) ? other : [other]).map(canonicalJson));
  const common = (isJsonArray(one) ? one : [one]).filter((value) => inOther.has(canonicalJson(value)));
  if (common.length === 0) throw new ImpossibleSchemaError('parts of it exclude each other');
  return common;
};

/** `integer` is also a `number`. */
const typesOf: Merge = (one, other) => {
  const widened = (types: JsonValue, against: JsonValue): JsonValue[] =>
    (isJsonArray(types) ? types : [types]).map((type) =>
      type === 'number' && [against].flat().includes('integer') ? 'integer' : type,
    );
  return commonOf(widened(one, other), widened(other, one));
};

const membersOf: Merge = (one, other) => {
  if (!isJsonObject(one) || !isJsonObject(other)) return one;
  const merged = new Map(Object.entries(one));
  for (const [name, schema] of Object.entries(other)) {
    const known = merged.get(name);
    merged.set(name, known === undefined ? schema : both(known, schema));
  }
  return Object.fromEntries(merged);
};

const MERGES: Readonly<Record<string, Merge>> = {
  type: typesOf,
  enum: commonOf,
  required: unionOf,
  properties: membersOf,
  patternProperties: membersOf,
  dependentRequired: (one, other) => (isJsonObject(one) && isJsonObject(other) ? { ...one, ...other } : one),
  items: both,
  contains: both,
  additionalProperties: both,
  allOf: listsOf,
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  minProperties: larger,
  minContains: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  maxProperties: smaller,
};

/** @throws ImpossibleSchemaError when nothing can satisfy both. */
export function mergeSchemas(one: JsonSchema, other: JsonSchema): JsonSchema {
  if (one === false || other === false) return false;
  if (one === true) return other;
  if (other === true) return one;
  const merged = new Map<string, JsonValue>(Object.entries(one));
  for (const [keyword, value] of Object.entries(other)) {
    const known = merged.get(keyword);
    const merge = Object.hasOwn(MERGES, keyword) ? MERGES[keyword] : undefined;
    merged.set(keyword, known === undefined || merge === undefined ? value : merge(known, value));
  }
  return Object.fromEntries<JsonValue>(merged);
}
