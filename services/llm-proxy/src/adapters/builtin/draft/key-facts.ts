/** Facts that a customer wants to see understood: amounts, numbers, dates, errors, versions. */
const MONTHS = [
  'january|february|march|april|may|june|july|august|september|october|november|december',
  'enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre',
  'januar|februar|märz|mai|juni|juli|oktober|dezember',
].join('|');

const FACTS = [
  String.raw`[$€£]\s?\d[\d.,]*\d|\d[\d.,]*\s?(?:€|\$|£|(?:EUR|USD|GBP|CHF)\b)`,
  String.raw`\b(?:${MONTHS})\s\d{1,2}(?:st|nd|rd|th)?\b`,
  String.raw`\b\d{1,2}\.?\s(?:de\s)?(?:${MONTHS})\b`,
  String.raw`\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b`,
  String.raw`\bHTTP\s?\d{3}\b|\b0x[0-9A-F]{2,16}\b`,
  String.raw`\bv?\d{1,4}\.\d{1,4}\.\d{1,6}\b`,
  String.raw`\b[A-Z]{1,6}-?\d[\dA-Z/-]{2,30}\b|#\d{3,12}\b`,
];
const FACT = new RegExp(FACTS.map((fact) => `(?:${fact})`).join('|'), 'giu');

const MAX_READ = 20_000;
const MAX_FACTS = 6;

/** The facts in a text, as they are written, in their order, without repeats. */
export function keyFacts(text: string): string[] {
  const found = text.slice(0, MAX_READ).match(FACT) ?? [];
  const facts = found.map((fact) => fact.replace(/[.,/-]+$/, ''));
  return [...new Set(facts)].slice(0, MAX_FACTS);
}
