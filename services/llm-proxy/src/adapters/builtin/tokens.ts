/*
 * What a token is to the built-in models: a run of letters, digits and marks, or one other character that is no white
 * space. `INV-2026 costs $49.` has seven: INV, -, 2026, costs, $, 49 and the full stop.
 */
const TOKEN = /[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu;

/** Tokens in a text. */
export function countTokens(text: string): number {
  let count = 0;
  for (const _token of text.matchAll(TOKEN)) count += 1;
  return count;
}

/** The text up to the end of its token number `maxTokens`; the whole text where it has no more. */
export function firstTokens(text: string, maxTokens: number): { readonly text: string; readonly cut: boolean } {
  let count = 0;
  let end = 0;
  for (const token of text.matchAll(TOKEN)) {
    if (count === maxTokens) return { text: text.slice(0, end), cut: true };
    count += 1;
    end = token.index + token[0].length;
  }
  return { text, cut: false };
}

/** Most pieces that a text is streamed in. */
const MAX_PIECES = 2000;

/** The text in pieces of whole words, each with the white space before it. */
export function wordPieces(text: string): string[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  const wordsInPiece = Math.ceil(words.length / MAX_PIECES);
  if (wordsInPiece <= 1) return words;
  return Array.from({ length: Math.ceil(words.length / wordsInPiece) }, (_, at) =>
    words.slice(at * wordsInPiece, (at + 1) * wordsInPiece).join(''),
  );
}
