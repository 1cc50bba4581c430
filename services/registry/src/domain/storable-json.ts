// An escaped backslash before the u would make it other text.
const NUL = /(?<!\\)(\\\\)*\\u0000/;
const LONE_SURROGATE = /(?<!\\)(\\\\)*\\ud[89a-f]/;

/** Whether a text in JSON holds the character U+0000, which no store keeps. */
export function holdsNul(json: string): boolean {
  return NUL.test(json);
}

/** Whether a text in JSON holds half a character. */
export function holdsLoneSurrogate(json: string): boolean {
  return LONE_SURROGATE.test(json);
}

/** Whether a text in JSON can be stored. */
export function isStorableJson(json: string): boolean {
  return !holdsNul(json) && !holdsLoneSurrogate(json);
}
