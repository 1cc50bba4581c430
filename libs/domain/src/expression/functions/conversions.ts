import { checkedInt } from '../arithmetic.ts';
import { type Fault, type Site, valueFault } from '../fault.ts';
import { chargeChars } from '../frame.ts';
import { formatSpan, parseSpan } from '../span.ts';
import { formatTimestamp, inTimestampRange, parseTimestamp } from '../timestamp.ts';
import { Bytes, type CelValue, kindOf, Timestamp, TypeValue } from '../value.ts';
import { any, bytes, double, duration, int, text, timestamp } from './arguments.ts';
import { declare, type FunctionSpec } from './spec.ts';

const MS_PER_SECOND = 1000;
const DECIMAL = /^[+-]?\d{1,19}$/;

/** Conversions between the kinds of value. */
export const CONVERSION_FUNCTIONS: readonly FunctionSpec[] = [
  declare('dyn(dyn): dyn', (args) => any(args, 0)),
  declare('type(dyn): type', (args) => typeOf(any(args, 0))),
  declare('bool(bool): bool', (args) => any(args, 0)),
  declare('bool(string): bool', (args, _frame, site) => parseBool(text(args, 0), site)),
  declare('int(int): int', (args) => any(args, 0)),
  declare('int(double): int', (args, _frame, site) => truncated(double(args, 0), site)),
  declare('int(string): int', (args, _frame, site) => parseInt64(text(args, 0), site)),
  declare('int(timestamp): int', (args) => BigInt(Math.floor(timestamp(args, 0).epochMs / MS_PER_SECOND))),
  declare('uint(int): int', (args, _frame, site) => unsigned(int(args, 0), site)),
  declare('uint(double): int', (args, _frame, site) => unsigned(truncated(double(args, 0), site), site)),
  declare('uint(string): int', (args, _frame, site) => unsigned(parseInt64(text(args, 0), site), site)),
  declare('double(double): double', (args) => any(args, 0)),
  declare('double(int): double', (args) => Number(int(args, 0))),
  declare('double(string): double', (args, _frame, site) => parseDouble(text(args, 0), site)),
  declare('string(string): string', (args) => any(args, 0)),
  declare('string(bool): string', (args) => (any(args, 0) === true ? 'true' : 'false')),
  declare('string(int): string', (args) => String(int(args, 0))),
  declare('string(double): string', (args) => String(double(args, 0))),
  declare('string(bytes): string', (args, _frame, site) => decodeUtf8(bytes(args, 0), site)),
  declare('string(timestamp): string', (args) => formatTimestamp(timestamp(args, 0))),
  declare('string(duration): string', (args) => formatSpan(duration(args, 0))),
  declare('bytes(bytes): bytes', (args) => any(args, 0)),
  declare('bytes(string): bytes', (args, frame, site) => {
    return chargeChars(frame, text(args, 0).length, site) ?? new Bytes(Buffer.from(text(args, 0), 'utf8'));
  }),
  declare('timestamp(timestamp): timestamp', (args) => any(args, 0)),
  declare('timestamp(int): timestamp', (args, _frame, site) => fromSeconds(int(args, 0), site)),
  declare('timestamp(string): timestamp', (args, _frame, site) => {
    return parseTimestamp(text(args, 0)) ?? valueFault(site, 'not an RFC 3339 timestamp of the years 1 to 9999');
  }),
  declare('duration(duration): duration', (args) => any(args, 0)),
  declare('duration(string): duration', (args, _frame, site) => {
    return parseSpan(text(args, 0)) ?? valueFault(site, 'not a duration such as 1h30m, 2.5s or 300ms');
  }),
];

/** The names that stand for types, as in `type(x) == string`. */
export const TYPE_NAMES: ReadonlyMap<string, TypeValue> = new Map(
  ['bool', 'int', 'double', 'string', 'bytes', 'list', 'map', 'type', 'null_type'].map((name) => [
    name,
    new TypeValue(name),
  ]),
);

function typeOf(value: CelValue): TypeValue {
  const kind = kindOf(value);
  return new TypeValue(kind === 'null' ? 'null_type' : kind);
}

function parseBool(value: string, site: Site): boolean | Fault {
  if (['true', 'True', 'TRUE', 't', '1'].includes(value)) return true;
  if (['false', 'False', 'FALSE', 'f', '0'].includes(value)) return false;
  return valueFault(site, 'not a bool: expected true or false');
}

function parseInt64(value: string, site: Site): bigint | Fault {
  return DECIMAL.test(value) ? checkedInt(BigInt(value.replace('+', '')), site) : valueFault(site, 'not an integer');
}

function parseDouble(value: string, site: Site): number | Fault {
  const number = value === '' || value !== value.trim() || /^[+-]?0[xXoObB]/.test(value) ? Number.NaN : Number(value);
  return Number.isNaN(number) ? valueFault(site, 'not a number') : number;
}

function truncated(value: number, site: Site): bigint | Fault {
  return Number.isFinite(value) ? checkedInt(BigInt(Math.trunc(value)), site) : valueFault(site, 'not an integer');
}

function unsigned(value: bigint | Fault, site: Site): bigint | Fault {
  return typeof value === 'bigint' && value < 0n ? valueFault(site, 'an unsigned integer cannot be negative') : value;
}

function fromSeconds(seconds: bigint, site: Site): Timestamp | Fault {
  const epochMs = Number(seconds) * MS_PER_SECOND;
  return inTimestampRange(epochMs) ? new Timestamp(epochMs) : valueFault(site, 'timestamp outside the years 1 to 9999');
}

function decodeUtf8(data: Uint8Array, site: Site): string | Fault {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return valueFault(site, 'the bytes are not UTF-8');
  }
}
