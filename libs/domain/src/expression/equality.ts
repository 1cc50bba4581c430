import { type Fault, limitFault, type Site } from './fault.ts';
import { charge, type Frame } from './frame.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import {
  Bytes,
  type CelList,
  type CelMap,
  type CelValue,
  Duration,
  isList,
  isMap,
  Timestamp,
  TypeValue,
} from './value.ts';

/**
 * CEL equality: numbers by value across int and double, lists and maps by content, values of different
 * kinds never equal (and never an error).
 */
export function equals(a: CelValue, b: CelValue, frame: Frame, site: Site, depth = 0): boolean | Fault {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return sameNumber(a, b);
  if (depth > EXPRESSION_LIMITS.valueDepth) {
    return limitFault(site, `values nested deeper than ${EXPRESSION_LIMITS.valueDepth} levels are compared`);
  }
  if (isList(a)) return isList(b) && sameList(a, b, frame, site, depth);
  if (isMap(a)) return isMap(b) && sameMap(a, b, frame, site, depth);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.epochMs === b.epochMs;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Bytes) return b instanceof Bytes && Buffer.compare(a.data, b.data) === 0;
  return false;
}

function sameNumber(a: CelValue, b: CelValue): boolean {
  if (typeof a === 'bigint' && typeof b === 'number') return sameInteger(a, b);
  return typeof a === 'number' && typeof b === 'bigint' && sameInteger(b, a);
}

/** Exact: neither side is rounded. */
function sameInteger(int: bigint, double: number): boolean {
  return Number.isInteger(double) && BigInt(double) === int;
}

function sameList(a: CelList, b: CelList, frame: Frame, site: Site, depth: number): boolean | Fault {
  if (a.length !== b.length) return false;
  const spent = charge(frame, a.length, site);
  if (spent !== undefined) return spent;
  for (let i = 0; i < a.length; i++) {
    const same = equals(a[i] ?? null, b[i] ?? null, frame, site, depth + 1);
    if (same !== true) return same;
  }
  return true;
}

function sameMap(a: CelMap, b: CelMap, frame: Frame, site: Site, depth: number): boolean | Fault {
  const keys = Object.keys(a);
  const spent = charge(frame, keys.length, site);
  if (spent !== undefined) return spent;
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return false;
    const same = equals(a[key] ?? null, b[key] ?? null, frame, site, depth + 1);
    if (same !== true) return same;
  }
  return true;
}

/** `value in container`: an element of a list, or a key of a map. Undefined: the container is neither. */
export function contains(container: CelValue, value: CelValue, frame: Frame, site: Site): boolean | Fault | undefined {
  if (isMap(container)) {
    return typeof value === 'string' || typeof value === 'bigint' ? Object.hasOwn(container, String(value)) : false;
  }
  if (!isList(container)) return undefined;
  const spent = charge(frame, container.length, site);
  if (spent !== undefined) return spent;
  for (const element of container) {
    const same = equals(element, value, frame, site);
    if (same !== false) return same;
  }
  return false;
}
