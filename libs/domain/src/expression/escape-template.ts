import { isJsonArray, isJsonObject, type JsonValue, setOwn } from './json.ts';
import { escapeText } from './template-text.ts';

/** A JSON value written as a template that gives it back unchanged, whatever `${` its texts have. */
export function escapeTemplate(json: JsonValue): JsonValue {
  if (typeof json === 'string') return escapeText(json);
  if (isJsonArray(json)) return json.map(escapeTemplate);
  if (!isJsonObject(json)) return json;
  const escaped: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(json)) setOwn(escaped, key, escapeTemplate(value));
  return escaped;
}
