import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@skein/domain';

/** JSON text for a jsonb column. What Postgres holds in no text (U+0000, half a pair) becomes U+FFFD. */
export function storableJson(json: JsonObject | undefined): string | null {
  return json === undefined ? null : JSON.stringify(storable(json));
}

function storable(json: JsonValue): JsonValue {
  if (typeof json === 'string') return storableWord(json);
  if (isJsonArray(json)) return json.map(storable);
  if (!isJsonObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [storableWord(key), storable(value)]));
}

function storableWord(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
