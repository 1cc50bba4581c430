/** The kinds of values a variable can have. Each takes `env`, `doc`, an optional `default` and its own bounds. */
import { parseDurationMs, showDuration } from './duration.ts';
import { Secret } from './secret.ts';
import { ValueProblem, variable } from './variable.ts';
import type { Variable, VariableOptions } from './variable.ts';

/** Inclusive bounds of a number. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export function string(options: VariableOptions<string> & { readonly pattern?: RegExp }): Variable<string> {
  return variable('string', options, (text) => {
    if (options.pattern && !options.pattern.test(text)) {
      throw new ValueProblem(
        `does not match ${options.pattern.source}`,
        `write a value that matches ${options.pattern.source}`,
      );
    }
    return text;
  });
}

/** An absolute URL, kept as its text. `protocols` without the colon, such as `['http', 'https']`; default any. */
export function url(options: VariableOptions<string> & { readonly protocols?: readonly string[] }): Variable<string> {
  const { protocols } = options;
  const mend = `write an absolute URL such as ${protocols?.[0] ?? 'http'}://host:port`;
  return variable('URL', options, (text) => {
    const parsed = URL.parse(text);
    if (!parsed) throw new ValueProblem('is not a URL', mend);
    if (protocols && !protocols.includes(parsed.protocol.slice(0, -1))) {
      throw new ValueProblem(`has the protocol ${parsed.protocol.slice(0, -1)}, not ${protocols.join(' or ')}`, mend);
    }
    return text;
  });
}

export function integer(options: VariableOptions<number> & Bounds): Variable<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  return variable('integer', options, (text) => parseInteger(text, min, max));
}

/** A TCP port; 0 lets the system choose a free one. */
export function port(options: VariableOptions<number>): Variable<number> {
  return variable('port', options, (text) => parseInteger(text, 0, 65_535));
}

/** A number with fractions, for ratios and factors. */
export function number(options: VariableOptions<number> & Bounds): Variable<number> {
  const { min = -Infinity, max = Infinity } = options;
  return variable('number', options, (text) => {
    const value = Number(text);
    if (!Number.isFinite(value)) throw new ValueProblem('is not a number', 'write a number such as 0.5');
    return within(value, min, max);
  });
}

/** A time span in whole milliseconds, written as 5000 or as 5s. Bounds are milliseconds. */
export function durationMs(options: VariableOptions<number> & Bounds): Variable<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  return variable('duration', options, (text) => within(parseDurationMs(text), min, max, showDuration), showDuration);
}

export function boolean(options: VariableOptions<boolean>): Variable<boolean> {
  return variable('boolean', options, (text) => {
    const lower = text.toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(lower)) return true;
    if (['false', '0', 'no', 'off'].includes(lower)) return false;
    throw new ValueProblem('is not a boolean', 'write true or false');
  });
}

/** One of a fixed set of words. */
export function enumOf<const T extends string>(
  values: readonly T[],
  options: VariableOptions<NoInfer<T>>,
): Variable<T> {
  const kind = values.join(' | ');
  return variable<T>(kind, options, (text) => {
    const found = values.find((value) => value === text.toLowerCase());
    if (found === undefined)
      throw new ValueProblem('is not one of the allowed values', `write one of ${values.join(', ')}`);
    return found;
  });
}

/** Values separated by commas, empty ones dropped; each is read as the given variable kind reads it. */
export function list<T>(
  item: (options: VariableOptions<T>) => Variable<T>,
  options: VariableOptions<readonly T[]>,
): Variable<readonly T[]> {
  const one = item({ env: options.env, doc: options.doc });
  const parse = (text: string): readonly T[] =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .map((entry) => one.parse(entry));
  return variable(`list of ${one.kind}`, options, parse, (values) => values.join(','));
}

/** A value that is never printed, neither in problems nor in logs. */
export function secret(options: VariableOptions<string>): Variable<Secret> {
  const { env, doc } = options;
  const base: VariableOptions<Secret> =
    options.default === undefined ? { env, doc } : { env, doc, default: new Secret(options.default) };
  return { ...variable('secret', base, (text) => new Secret(text)), secret: true };
}

function parseInteger(text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new ValueProblem('is not a whole number', 'write digits only, such as 42');
  }
  return within(value, min, max);
}

function within(value: number, min: number, max: number, show: (value: number) => string = String): number {
  if (value < min) throw new ValueProblem(`is below the minimum ${show(min)}`, `write ${show(min)} or more`);
  if (value > max) throw new ValueProblem(`is above the maximum ${show(max)}`, `write ${show(max)} or less`);
  return value;
}
