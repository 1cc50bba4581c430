import { type Fault, type Site, valueFault } from './fault.ts';
import { chargeChars, chargeElements, type Frame } from './frame.ts';
import { type CelValue, Duration, isList, type Kind, kindOf, Timestamp } from './value.ts';
import { inTimestampRange } from './timestamp.ts';

/** The arithmetic operators. */
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const NANOS_PER_MS = 1_000_000n;

/** An integer within 64 bits, else a fault. */
export function checkedInt(value: bigint, site: Site): bigint | Fault {
  return value > MAX_INT || value < MIN_INT ? valueFault(site, 'integer overflow beyond 64 bits') : value;
}

/**
 * Arithmetic. Two ints give an int (division truncates); as JSON numbers are doubles, an int beside a double
 * counts as a double, so that `input.n + 1` works; texts and lists are joined by `+`.
 */
export function arithmetic(
  op: ArithmeticOperator,
  a: CelValue,
  b: CelValue,
  frame: Frame,
  site: Site,
): CelValue | Fault {
  if (typeof a === 'number' && typeof b === 'number') return doubles(op, a, b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return ints(op, a, b, site);
  if (typeof a === 'number' && typeof b === 'bigint') return doubles(op, a, Number(b));
  if (typeof a === 'bigint' && typeof b === 'number') return doubles(op, Number(a), b);
  if (op === '+') return sum(a, b, frame, site);
  if (op === '-') return difference(a, b, site);
  return mismatch(op, a, b, site);
}

function doubles(op: ArithmeticOperator, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}

function ints(op: ArithmeticOperator, a: bigint, b: bigint, site: Site): bigint | Fault {
  switch (op) {
    case '+':
      return checkedInt(a + b, site);
    case '-':
      return checkedInt(a - b, site);
    case '*':
      return checkedInt(a * b, site);
    case '/':
      return b === 0n ? valueFault(site, 'division by zero') : checkedInt(a / b, site);
    case '%':
      return b === 0n ? valueFault(site, 'modulo by zero') : a % b;
  }
}

function sum(a: CelValue, b: CelValue, frame: Frame, site: Site): CelValue | Fault {
  if (typeof a === 'string' && typeof b === 'string') {
    return chargeChars(frame, a.length + b.length, site) ?? a + b;
  }
  if (isList(a) && isList(b)) return chargeElements(frame, a.length + b.length, site) ?? [...a, ...b];
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanos + b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return shifted(a, b.nanos, site);
  if (a instanceof Duration && b instanceof Timestamp) return shifted(b, a.nanos, site);
  return mismatch('+', a, b, site);
}

function difference(a: CelValue, b: CelValue, site: Site): CelValue | Fault {
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return shifted(a, -b.nanos, site);
  if (a instanceof Timestamp && b instanceof Timestamp) {
    return new Duration(BigInt(a.epochMs - b.epochMs) * NANOS_PER_MS);
  }
  return mismatch('-', a, b, site);
}

function shifted(at: Timestamp, nanos: bigint, site: Site): Timestamp | Fault {
  const epochMs = at.epochMs + Number(nanos / NANOS_PER_MS);
  return inTimestampRange(epochMs) ? new Timestamp(epochMs) : valueFault(site, 'timestamp outside the years 1 to 9999');
}

/** No operation of this name takes these values. */
export function mismatch(op: string, a: CelValue, b: CelValue, site: Site): Fault {
  return valueFault(site, `no such operation: ${kindOf(a)} ${op} ${kindOf(b)}`);
}

/** The kind of `a op b`; `dyn` where it shows only at run time, undefined where no values of these kinds fit. */
export function arithmeticKind(op: ArithmeticOperator, a: Kind, b: Kind): Kind | undefined {
  if (a === 'dyn' || b === 'dyn') return 'dyn';
  const numbers = isNumeric(a) && isNumeric(b);
  if (numbers) return a === 'int' && b === 'int' ? 'int' : 'double';
  if (op === '+' && a === b && (a === 'string' || a === 'list' || a === 'duration')) return a;
  if (op === '+' && isOneOf(a, b, 'timestamp', 'duration')) return 'timestamp';
  if (op === '-' && a === 'timestamp' && b === 'timestamp') return 'duration';
  if (op === '-' && (a === 'timestamp' || a === 'duration') && b === 'duration') return a;
  return undefined;
}

/** Whether values of this kind are numbers. */
export function isNumeric(kind: Kind): boolean {
  return kind === 'int' || kind === 'double';
}

function isOneOf(a: Kind, b: Kind, left: Kind, right: Kind): boolean {
  return (a === left && b === right) || (a === right && b === left);
}

/** The unary minus. */
export function negate(value: CelValue, site: Site): CelValue | Fault {
  if (typeof value === 'number') return -value;
  if (typeof value === 'bigint') return checkedInt(-value, site);
  if (value instanceof Duration) return new Duration(-value.nanos);
  return valueFault(site, `no such operation: -${kindOf(value)}`);
}
