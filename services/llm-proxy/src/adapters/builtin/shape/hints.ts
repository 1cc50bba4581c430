/** What the user said, as a source of plausible values. */
import { isJsonArray, isJsonObject, type JsonValue } from '@skein/domain';

/** Values to prefer where they fit. */
export interface Hints {
  /** The user's text as JSON; undefined: it is none. */
  readonly json: JsonValue | undefined;
  /** A value that the user gave under a name. */
  named(name: string): JsonValue | undefined;
  /** Whether the user used a word. */
  mentions(word: string): boolean;
  /** Words to write with; never empty. */
  readonly words: readonly string[];
}

/** Beginning of the text that is read for words, in characters. */
const MAX_READ = 20_000;
/** Members of the user's JSON that are remembered by name. */
const MAX_NAMED = 1000;

export function hintsIn(userText: string): Hints {
  const json = jsonIn(userText);
  const named = new Map<string, JsonValue>();
  collect(json, named);
  const text = ` ${userText.slice(0, MAX_READ).toLowerCase()} `;
  const words = (userText.slice(0, MAX_READ).match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? []).slice(0, 200);
  return {
    json,
    named: (name) => named.get(name.toLowerCase()),
    mentions(word) {
      const lower = word.toLowerCase();
      const at = text.indexOf(lower);
      return lower !== '' && at > 0 && !isWordPart(text[at - 1]) && !isWordPart(text[at + lower.length]);
    },
    words: words.length > 0 ? words : ['text'],
  };
}

const isWordPart = (character: string | undefined): boolean => /[\p{L}\p{N}]/u.test(character ?? ' ');

function jsonIn(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Outer members come before inner ones of the same name. */
function collect(json: JsonValue | undefined, named: Map<string, JsonValue>): void {
  const queue: JsonValue[] = json === undefined ? [] : [json];
  for (let value = queue.shift(); value !== undefined && named.size < MAX_NAMED; value = queue.shift()) {
    if (isJsonArray(value)) queue.push(...value.slice(0, MAX_NAMED));
    if (!isJsonObject(value)) continue;
    for (const [name, member] of Object.entries(value)) {
      const key = name.toLowerCase();
      if (!named.has(key)) named.set(key, member);
      queue.push(member);
    }
  }
}
