import { isJsonArray, type JsonObject, type JsonValue } from '../expression/json.ts';

/**
 * The one way to write a JSON value, after RFC 8785: keys in the order of their UTF-16 units, no spaces, numbers
 * and texts as ECMAScript writes them. Equal values give equal texts whatever order their keys came in.
 */
export function canonicalJson(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  return JSON.stringify(value);
}

function canonicalObject(object: JsonObject): string {
  const entries = Object.keys(object)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`);
  return `{${entries.join(',')}}`;
}
