import type { JsonObject } from '@skein/domain';
import type { Dice } from '../dice.ts';
import { ImpossibleSchemaError } from './impossible-schema.ts';

/** Width of the range where a schema leaves one end open. */
const SPAN = 100;
const MULTIPLE_TRIES = 64;

/** A number within the bounds of a schema. @throws ImpossibleSchemaError when there is none. */
export function numberShape(schema: JsonObject, dice: Dice, whole: boolean): number {
  const [low, high] = rangeOf(schema);
  const step = numberIn(schema, 'multipleOf') ?? (whole ? 1 : undefined);
  const excluded = new Set([numberIn(schema, 'exclusiveMinimum'), numberIn(schema, 'exclusiveMaximum')]);
  const allowed = (value: number): boolean =>
    value >= low && value <= high && !excluded.has(value) && (!whole || Number.isInteger(value));
  if (step === undefined) {
    const rough = low + dice.fraction() * (high - low);
    const round = Math.round(rough * 100) / 100;
    const value = [round, rough, (low + high) / 2].find(allowed);
    if (value !== undefined) return value;
    throw nothingBetween(low, high);
  }
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  if (first > last) throw nothingBetween(low, high);
  for (let tries = 0; tries < MULTIPLE_TRIES; tries += 1) {
    // Multiples of 0.1 and the like are not exact: of those, one that divides evenly is taken.
    const value = (tries === 0 ? dice.integer(first, last) : Math.min(last, first + tries - 1)) * step;
    if (allowed(value) && Number.isInteger(value / step)) return value;
  }
  throw nothingBetween(low, high);
}

function rangeOf(schema: JsonObject): readonly [low: number, high: number] {
  const low = maxOf(numberIn(schema, 'minimum'), numberIn(schema, 'exclusiveMinimum'));
  const high = minOf(numberIn(schema, 'maximum'), numberIn(schema, 'exclusiveMaximum'));
  const step = Math.max(SPAN, numberIn(schema, 'multipleOf') ?? 0);
  if (low !== undefined) return [low, high ?? low + step];
  if (high === undefined) return [0, step];
  return [high >= 0 ? Math.min(0, high) : high - step, high];
}

function numberIn(schema: JsonObject, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === 'number' ? value : undefined;
}

const maxOf = (...values: (number | undefined)[]) =>
  values.reduce((a, b) => (b === undefined || Number(a) > b ? a : b));
const minOf = (...values: (number | undefined)[]) =>
  values.reduce((a, b) => (b === undefined || Number(a) < b ? a : b));

const nothingBetween = (low: number, high: number) =>
  new ImpossibleSchemaError(`no number found between ${low} and ${high}`);
