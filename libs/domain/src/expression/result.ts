import { Fault, limitFault, type Site } from './fault.ts';
import { charge, type Frame } from './frame.ts';
import { type JsonObject, type JsonValue, setOwn } from './json.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import { formatSpan } from './span.ts';
import { formatTimestamp } from './timestamp.ts';
import {
  Bytes,
  type CelList,
  type CelMap,
  CelScalar,
  type CelValue,
  Duration,
  isList,
  Timestamp,
  TypeValue,
} from './value.ts';

/** A JSON value, boxed so that it cannot be taken for a fault. */
export interface JsonResult {
  readonly value: JsonValue;
}

/** Values visited for one unit of work. */
const VALUES_PER_UNIT = 8;

/**
 * A value as plain JSON: integers as numbers, timestamps as RFC 3339, durations as seconds (`90s`), bytes as
 * base64, types by name. JSON parts are handed on as they are, never copied. NaN, infinities and integers
 * beyond ±(2^53−1) have no faithful JSON form and are refused.
 */
export function toJson(value: CelValue, frame: Frame, site: Site): JsonResult | Fault {
  const walk: Walk = { left: EXPRESSION_LIMITS.resultValues, site };
  const json = convert(value, walk, 0);
  if (json instanceof Fault) return json;
  const visited = EXPRESSION_LIMITS.resultValues - walk.left;
  return charge(frame, visited / VALUES_PER_UNIT, site) ?? { value: json };
}

interface Walk {
  left: number;
  readonly site: Site;
}

function convert(value: CelValue, walk: Walk, depth: number): JsonValue | Fault {
  if (--walk.left < 0)
    return limitFault(walk.site, `the result has more than ${EXPRESSION_LIMITS.resultValues} values`);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : notJson(walk, `${value} has no JSON form`);
    case 'bigint':
      return safeNumber(value, walk);
    default:
      return value === null ? null : convertObject(value, walk, depth);
  }
}

function convertObject(value: CelList | CelMap | CelScalar, walk: Walk, depth: number): JsonValue | Fault {
  if (value instanceof CelScalar) return convertScalar(value);
  if (depth >= EXPRESSION_LIMITS.valueDepth) {
    return limitFault(walk.site, `the result nests deeper than ${EXPRESSION_LIMITS.valueDepth} levels`);
  }
  return isList(value) ? convertList(value, walk, depth) : convertMap(value, walk, depth);
}

function convertList(list: CelList, walk: Walk, depth: number): JsonValue | Fault {
  let changed: JsonValue[] | undefined;
  const done: JsonValue[] = [];
  for (const element of list) {
    const json = convert(element, walk, depth + 1);
    if (json instanceof Fault) return json;
    if (json !== element) changed = done;
    done.push(json);
  }
  return changed ?? unchanged(list);
}

function convertMap(map: CelMap, walk: Walk, depth: number): JsonValue | Fault {
  let changed = false;
  const done: Record<string, JsonValue> = {};
  for (const key of Object.keys(map)) {
    const element = map[key] ?? null;
    const json = convert(element, walk, depth + 1);
    if (json instanceof Fault) return json;
    if (json !== element) changed = true;
    setOwn(done, key, json);
  }
  return changed ? done : unchanged(map);
}

/** A container all of whose parts are JSON already is itself JSON. */
function unchanged(container: CelList | CelMap): JsonValue {
  return container as readonly JsonValue[] | JsonObject;
}

function convertScalar(value: CelScalar): JsonValue {
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatSpan(value);
  if (value instanceof Bytes) return Buffer.from(value.data).toString('base64');
  return value instanceof TypeValue ? value.name : null;
}

function safeNumber(value: bigint, walk: Walk): JsonValue | Fault {
  const number = Number(value);
  return Number.isSafeInteger(number)
    ? number
    : notJson(walk, `the integer ${value} is beyond the exact range of JSON numbers`);
}

function notJson(walk: Walk, reason: string): Fault {
  return new Fault('NOT_JSON', reason, walk.site);
}
