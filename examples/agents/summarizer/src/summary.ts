/** Sentences of a summary. */
const MAX_SENTENCES = 2;
/** Shorter words say little. */
const LEAST_LETTERS = 4;

/** The sentences with the most of what the text speaks of, in their order; none where it has no words. */
export function summaryOf(text: string): string[] {
  const sentences = text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /\p{L}/u.test(sentence));
  const counts = new Map<string, number>();
  for (const word of wordsIn(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weightOf = (sentence: string): number =>
    [...new Set(wordsIn(sentence))].reduce((sum, word) => sum + (counts.get(word) ?? 0), 0);
  const best = new Set(sentences.toSorted((one, other) => weightOf(other) - weightOf(one)).slice(0, MAX_SENTENCES));
  return sentences.filter((sentence) => best.has(sentence)).slice(0, MAX_SENTENCES);
}

function wordsIn(text: string): string[] {
  return (text.toLowerCase().match(/\p{L}+/gu) ?? []).filter((word) => word.length >= LEAST_LETTERS);
}
