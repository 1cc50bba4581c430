/** Readers of option values for commander: they refuse what they do not understand, at once and with a reason. */
import { InvalidArgumentError } from 'commander';

/** `KEY=VALUE`, any number of times, gathered into one record. */
export function collectPair(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const separator = text.indexOf('=');
  if (separator < 1) throw new InvalidArgumentError('Write KEY=VALUE.');
  return { ...earlier, [text.slice(0, separator)]: text.slice(separator + 1) };
}

/** Any number of times, gathered into one list. */
export function collect(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time span such as `500ms`, `30s`, `5m`, `1h` or `7d` in milliseconds; a bare number is seconds. */
export function parseSpanMs(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
  const spanMs = Number(number) * (UNIT_MS[unit] ?? Number.NaN);
  if (Number.isNaN(spanMs)) throw new InvalidArgumentError('Write a time span such as 500ms, 30s, 5m, 1h or 7d.');
  return Math.round(spanMs);
}

/** A reader of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  };
}

/** A reader of numbers from `min` to `max`. */
export function realNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Write a number from ${min} to ${max}.`);
  };
}
