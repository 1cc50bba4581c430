/** What a run is found by, and the memo that is shown with it, as they are written on the command line. */
import type { JsonObject } from '@bufbuild/protobuf';
import type { SearchAttribute as SearchAttributeMessage } from '@skein/contracts/type';
import {
  instantMs,
  SearchAttributeError,
  searchAttributeOf,
  type JsonValue,
  type SearchAttribute,
  type SearchAttributes,
} from '@skein/domain';
import { searchAttributesToMessages } from '@skein/events';
import { InvalidArgumentError } from 'commander';
import { invalidValue } from '../cli-error.ts';
import type { Host } from '../host.ts';
import { readJson } from './json-input.ts';
import { collectPair } from './option-values.ts';

/** `NAME=VALUE`, any number of times: what is JSON is taken as JSON, a time as a time, everything else as text. */
export function collectAttribute(text: string, earlier: SearchAttributes = {}): SearchAttributes {
  const [[name, value] = ['', '']] = Object.entries(collectPair(text));
  return { ...earlier, [name]: attributeOf(name, value) };
}

/** The options as the fields of a request. */
export async function foundByFields(
  { attr, memo }: { readonly attr?: SearchAttributes | undefined; readonly memo?: string | undefined },
  host: Host,
): Promise<{ searchAttributes?: Record<string, SearchAttributeMessage>; memo?: JsonObject }> {
  return {
    ...(attr === undefined ? {} : { searchAttributes: searchAttributesToMessages(attr) }),
    ...(memo === undefined ? {} : { memo: await memoOf(memo, host) }),
  };
}

function attributeOf(name: string, text: string): SearchAttribute {
  const timestampMs = instantMs(text);
  if (timestampMs !== undefined) return { timestampMs };
  try {
    const value = searchAttributeOf(name, jsonOrText(text));
    if (value !== undefined) return value;
  } catch (error) {
    if (!(error instanceof SearchAttributeError)) throw error;
  }
  throw new InvalidArgumentError('Write a text, a number, true, false, a time or a list of texts.');
}

function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** A memo as it is written. */
export async function memoOf(text: string, host: Host): Promise<JsonObject> {
  const memo = await readJson(text, '--memo', host);
  if (typeof memo === 'object' && memo !== null && !Array.isArray(memo)) return memo;
  throw invalidValue('--memo', 'a memo is an object', 'write {"note": "…"}');
}
