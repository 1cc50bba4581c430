/**
 * What runs are found by: a few typed values under short names.
 *
 * A1. There is one kind of number: a whole double and an integer of the same value are the same attribute.
 * A2. A value is JSON as it stands, so that stores keep it as it is; a time is `{timestampMs}`, to tell it from text.
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../expression/json.ts';
import { instantMs } from './instant.ts';

/** A typed value. */
export type SearchAttribute = string | number | boolean | { readonly timestampMs: number } | readonly string[];

/** By name. */
export type SearchAttributes = Readonly<Record<string, SearchAttribute>>;

/** Bounds of the attributes of one run. */
export const SEARCH_ATTRIBUTE_LIMITS = { attributes: 32, textChars: 256, listItems: 32 } as const;

const NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** Thrown for attributes that may not be. */
export class SearchAttributeError extends Error {
  override readonly name = 'SearchAttributeError';
  /** Of the attribute; empty: all of them together. */
  readonly attribute: string;

  constructor(attribute: string, message: string) {
    super(message);
    this.attribute = attribute;
  }
}

/** Whether attributes may be called so. */
export function isSearchAttributeName(name: string): boolean {
  return NAME.test(name);
}

/** The attributes, checked. @throws SearchAttributeError */
export function checkedSearchAttributes(attributes: SearchAttributes): SearchAttributes {
  const entries = Object.entries(attributes);
  const { attributes: most, textChars, listItems } = SEARCH_ATTRIBUTE_LIMITS;
  if (entries.length > most) throw new SearchAttributeError('', `give at most ${most} search attributes`);
  for (const [name, value] of entries) {
    const refuse = (why: string) => new SearchAttributeError(name, why);
    if (!isSearchAttributeName(name)) {
      throw refuse('names are 1 to 64 lower-case letters, digits and underscores, a letter first');
    }
    if (typeof value === 'number' && !isKeptNumber(value))
      throw refuse('give a number that is exact: at most 2^53 - 1');
    const texts = typeof value === 'string' ? [value] : isTexts(value) ? value : [];
    if (isTexts(value) && value.length > listItems) throw refuse(`give at most ${listItems} texts`);
    for (const text of texts) {
      if (text.length > textChars) throw refuse(`give at most ${textChars} characters`);
      if (text.includes('\0') || !text.isWellFormed()) throw refuse('leave out U+0000 and halves of surrogate pairs');
    }
  }
  return attributes;
}

/**
 * The attribute that a JSON value stands for: a text, number, boolean, list of texts, or `{"timestamp": RFC 3339}`.
 * Undefined for null: there is no such attribute.
 * @throws SearchAttributeError
 */
export function searchAttributeOf(name: string, json: JsonValue): SearchAttribute | undefined {
  if (json === null) return undefined;
  if (typeof json !== 'object') return json;
  if (isJsonArray(json)) {
    const texts = json.filter((item) => typeof item === 'string');
    if (texts.length === json.length) return texts;
  } else if (isJsonObject(json)) {
    const { timestamp, ...others } = json;
    if (timestamp === null && Object.keys(others).length === 0) return undefined;
    const timestampMs = typeof timestamp === 'string' ? instantMs(timestamp) : undefined;
    if (timestampMs !== undefined && Object.keys(others).length === 0) return { timestampMs };
  }
  throw new SearchAttributeError(
    name,
    'give a text, a number, true or false, a list of texts, or {"timestamp": "2026-11-01T00:00:00Z"}',
  );
}

/** The JSON that stands for an attribute, as `searchAttributeOf` reads it. */
export function searchAttributeJson(value: SearchAttribute): JsonValue {
  if (typeof value !== 'object') return value;
  return isTexts(value) ? [...value] : ({ timestamp: new Date(value.timestampMs).toISOString() } satisfies JsonObject);
}

/** Whether the value is a list. */
export function isTexts(value: SearchAttribute): value is readonly string[] {
  return Array.isArray(value);
}

function isKeptNumber(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}
