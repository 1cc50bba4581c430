import { Bytes, type CelList, type CelValue, Duration, isList, isMap, type CelMap, Timestamp } from '../value.ts';

/*
 * Reading arguments whose kind the overload has already settled. A wrong kind here is a mistake in the
 * function library, not in the expression, and is therefore thrown.
 */

/** A string argument. */
export function text(args: readonly CelValue[], at: number): string {
  const value = args[at];
  return typeof value === 'string' ? value : wrongKind(at);
}

/** An int argument; a double without a fraction counts. */
export function int(args: readonly CelValue[], at: number): bigint {
  const value = args[at];
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : wrongKind(at);
}

/** A double argument. */
export function double(args: readonly CelValue[], at: number): number {
  const value = args[at];
  return typeof value === 'number' ? value : wrongKind(at);
}

/** A list argument. */
export function list(args: readonly CelValue[], at: number): CelList {
  const value = args[at] ?? null;
  return isList(value) ? value : wrongKind(at);
}

/** A map argument. */
export function map(args: readonly CelValue[], at: number): CelMap {
  const value = args[at] ?? null;
  return isMap(value) ? value : wrongKind(at);
}

/** A timestamp argument. */
export function timestamp(args: readonly CelValue[], at: number): Timestamp {
  const value = args[at];
  return value instanceof Timestamp ? value : wrongKind(at);
}

/** A duration argument. */
export function duration(args: readonly CelValue[], at: number): Duration {
  const value = args[at];
  return value instanceof Duration ? value : wrongKind(at);
}

/** A bytes argument. */
export function bytes(args: readonly CelValue[], at: number): Uint8Array {
  const value = args[at];
  return value instanceof Bytes ? value.data : wrongKind(at);
}

/** An argument of any kind. */
export function any(args: readonly CelValue[], at: number): CelValue {
  const value = args[at];
  return value === undefined ? wrongKind(at) : value;
}

function wrongKind(at: number): never {
  throw new Error(`argument ${at} is not of the kind its overload declares`);
}
