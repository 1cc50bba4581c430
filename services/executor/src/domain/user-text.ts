import type { JsonValue } from '@bufbuild/protobuf';
import { isJsonObject, textMember } from './json-object.ts';

/** Members that hold what a person said, the likeliest first. */
const TEXT_MEMBERS = ['user_query', 'query', 'text', 'message', 'content'];

/** The input as the one text that text-based agents are asked with; the JSON text where it holds none. */
export function userText(input: JsonValue): string {
  return heldText(input) ?? JSON.stringify(input);
}

/** The text that the input is or holds; undefined: none. */
export function heldText(input: JsonValue): string | undefined {
  if (typeof input === 'string') return input;
  if (!isJsonObject(input)) return undefined;
  for (const name of TEXT_MEMBERS) {
    const text = textMember(input, name);
    if (text !== undefined) return text;
  }
  return undefined;
}
