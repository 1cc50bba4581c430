import { isNumeric, mismatch } from './arithmetic.ts';
import type { Fault, Site } from './fault.ts';
import { type CelValue, Duration, type Kind, kindOf, Timestamp } from './value.ts';

/** The comparison operators. */
export type OrderOperator = '<' | '<=' | '>' | '>=';

/** Ordering of numbers (int and double alike), texts, bools, timestamps and durations among themselves. */
export function compare(op: OrderOperator, a: CelValue, b: CelValue, site: Site): boolean | Fault {
  const left = orderable(a);
  const right = orderable(b);
  if (left === undefined || right === undefined || orderClass(a) !== orderClass(b)) return mismatch(op, a, b, site);
  switch (op) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function orderable(value: CelValue): number | bigint | string | boolean | undefined {
  if (value instanceof Timestamp) return value.epochMs;
  if (value instanceof Duration) return value.nanos;
  return typeof value === 'object' ? undefined : value;
}

function orderClass(value: CelValue): string {
  const kind = kindOf(value);
  return kind === 'int' ? 'double' : kind;
}

/** Whether values of these kinds can be ordered. */
export function isOrderable(a: Kind, b: Kind): boolean {
  if (a === 'dyn' || b === 'dyn') return true;
  if (isNumeric(a) && isNumeric(b)) return true;
  return a === b && (a === 'string' || a === 'bool' || a === 'timestamp' || a === 'duration');
}
