import { canonicalJson, isJsonArray, type JsonObject, type JsonSchema, type JsonValue } from '@skein/domain';
import { ImpossibleSchemaError } from './impossible-schema.ts';
import { mergeSchemas } from './merge-schemas.ts';
import { asSchema, type Shaping } from './shaping.ts';

const MAX_ITEMS = 10_000;
/** Items beyond the least number, at most. */
const EXTRA_ITEMS = 2;
const UNIQUE_TRIES = 40;

/** A list for a schema. @throws ImpossibleSchemaError. */
export function arrayShape(schema: JsonObject, shaper: Shaping): JsonValue[] {
  const prefix = isJsonArray(schema['prefixItems']) ? schema['prefixItems'].map(asSchema) : [];
  const rest = asSchema(schema['items'] ?? true);
  const wanted = wantedItems(schema, rest);
  const count = countOf(schema, shaper, prefix.length, wanted.length, rest === false);
  const items: JsonValue[] = [];
  const seen = schema['uniqueItems'] === true ? new Set<string>() : undefined;
  for (let at = 0; at < count; at += 1) {
    const item = prefix[at] ?? wanted[at - prefix.length] ?? rest;
    const value = another(item, shaper, seen);
    // Fewer than planned may do: the choices of an enum can run out.
    if (value === undefined) break;
    items.push(value);
  }
  return items;
}

/** Schemas of the items that `contains` asks for. */
function wantedItems(schema: JsonObject, rest: JsonSchema): readonly JsonSchema[] {
  const { contains, minContains } = schema;
  if (contains === undefined) return [];
  const count = typeof minContains === 'number' ? minContains : 1;
  return Array.from({ length: Math.min(count, MAX_ITEMS) }, () => mergeSchemas(rest, asSchema(contains)));
}

function countOf(schema: JsonObject, shaper: Shaping, prefix: number, wanted: number, closed: boolean): number {
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
  const most = typeof schema['maxItems'] === 'number' ? schema['maxItems'] : Infinity;
  if (least > MAX_ITEMS) throw new ImpossibleSchemaError(`minItems is above ${MAX_ITEMS}`);
  const base = Math.max(least, prefix + wanted);
  if (!shaper.roomy) return Math.min(Math.max(least, wanted === 0 ? 0 : prefix + wanted), most);
  if (closed) return Math.min(prefix, most);
  return Math.min(Math.max(base, 1) + shaper.dice.integer(0, EXTRA_ITEMS), most);
}

/** A value that is not among those seen; undefined: none was found. */
function another(item: JsonSchema, shaper: Shaping, seen: Set<string> | undefined): JsonValue | undefined {
  if (seen === undefined) return shaper.shape(item, '');
  for (let tries = 0; tries < UNIQUE_TRIES; tries += 1) {
    const value = shaper.shape(item, '');
    const text = canonicalJson(value);
    if (seen.has(text)) continue;
    seen.add(text);
    return value;
  }
  return undefined;
}
