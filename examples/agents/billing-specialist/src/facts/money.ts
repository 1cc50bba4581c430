import type { JsonObject } from '@skein/example-agent-host';

/** An amount of money that a text names. */
export interface Money extends JsonObject {
  /** Decimal with two places, such as `1299.00`. */
  readonly amount: string;
  /** ISO 4217 code; null: the text names none. */
  readonly currency: string | null;
  /** As it was written. */
  readonly text: string;
}

const CURRENCIES: readonly (readonly [string, RegExp])[] = [
  ['EUR', /^(?:€|eur|euros?)$/i],
  ['USD', /^(?:\$|usd|dollars?|bucks)$/i],
  ['GBP', /^(?:£|gbp|pounds?|quid)$/i],
  ['CHF', /^(?:chf|franken|francs?)$/i],
  ['MXN', /^(?:mxn|pesos?)$/i],
];

const SIGN = '[€$£]|\\b(?:EUR|USD|GBP|CHF|MXN)';
const WORD = '[€$£]|(?:EUR|USD|GBP|CHF|MXN|euros?|dollars?|bucks|pounds?|quid|franken|francs?|pesos?)\\b';
const NUMBER = "\\d{1,3}(?:[.,' ]\\d{3}){1,4}(?:[.,]\\d{1,2})?|\\d{1,12}(?:[.,]\\d{1,2})?";

const SIGN_FIRST = `(?<sign>${SIGN})\\s?(?<signed>${NUMBER})`;
const WORD_LAST = `(?<![\\d.,])(?<worded>${NUMBER})\\s?(?<word>${WORD})`;
// Without a currency only two decimals tell money from any other number; dates, times, versions and shares are none.
const BARE = '(?<![\\d.,:/vV-])(?<bare>\\d{1,12},\\d{2}|\\d{1,12}\\.\\d{2}(?!\\.))(?![\\d:/-]|[.,]\\d|\\s?%)';

/** The amounts in a text, each once, in the order of the text. */
export function findMoney(text: string): Money[] {
  const found = new Map<string, Money>();
  for (const { 0: written, groups = {} } of text.matchAll(new RegExp(`${SIGN_FIRST}|${WORD_LAST}|${BARE}`, 'giu'))) {
    const amount = decimal(groups['signed'] ?? groups['worded'] ?? groups['bare'] ?? '');
    const currency = currencyOf(groups['sign'] ?? groups['word']);
    const key = `${amount} ${currency}`;
    if (!found.has(key)) found.set(key, { amount, currency, text: written.trim() });
  }
  return [...found.values()];
}

/** Reads both `1,299.50` and `1.299,50`: the last separator is the decimal one if one or two digits follow it. */
function decimal(written: string): string {
  const [, whole = written, cents = ''] = /^(.*)[.,](\d{1,2})$/.exec(written) ?? [];
  return `${whole.replace(/\D/g, '')}.${cents.padEnd(2, '0')}`;
}

function currencyOf(name: string | undefined): string | null {
  if (name === undefined) return null;
  return CURRENCIES.find(([, names]) => names.test(name))?.[0] ?? null;
}
