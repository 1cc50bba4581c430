/** The HTTP request that a tool makes of its input. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { lasting } from './call-failure.ts';
import { isJsonObject } from './json-object.ts';

/** What of a tool makes its request. */
export interface ToolRequestForm {
  readonly url: string;
  readonly inputPlace: 'body' | 'query';
}

const PARAMETER = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * The URL and the body for an input.
 * @throws CallError INVALID_FIELD that names the member which the URL needs and cannot have.
 */
export function toolRequest(
  { url, inputPlace }: ToolRequestForm,
  input: JsonValue,
  place: string,
): { readonly url: URL; readonly body: string | undefined } {
  const members = isJsonObject(input) ? input : {};
  const inPath = new Set<string>();
  const filled = url.replaceAll(PARAMETER, (_, name: string) => {
    inPath.add(name);
    return segmentPart(members[name], `${place}.${name}`);
  });
  const target = new URL(filled);
  const rest = isJsonObject(input) ? without(input, inPath) : input;
  if (inputPlace === 'body') return { url: target, body: JSON.stringify(rest) };
  if (rest !== null && !isJsonObject(rest)) {
    throw invalid(place, 'must be an object: its members become parameters of the query');
  }
  for (const [name, value] of Object.entries(rest ?? {})) addParameter(target.searchParams, name, value);
  return { url: target, body: undefined };
}

/** A member as part of one segment of a path: never a segment of its own making, never none. */
function segmentPart(value: JsonValue | undefined, place: string): string {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!isScalar) throw invalid(place, 'is needed in the URL: give a text, a number or a truth value');
  const text = String(value).toWellFormed();
  // What URLs take for "here" and "up" would lead elsewhere, encoded or not.
  if (text === '' || text === '.' || text === '..')
    throw invalid(place, 'is needed in the URL and may not be empty or dots');
  return encodeURIComponent(text);
}

function addParameter(query: URLSearchParams, name: string, value: JsonValue): void {
  if (value === null) return;
  if (Array.isArray(value)) for (const item of value) addParameter(query, name, item);
  else query.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function without(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)));
}

const invalid = (place: string, message: string) =>
  lasting('INVALID_FIELD', { message: `${place} ${message}`, place, remedy: 'mend the input of the node' });
