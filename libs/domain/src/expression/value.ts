/**
 * The values an expression computes with: JSON values as they are, plus CEL's own kinds. A JSON number is a
 * double; integers written in an expression are bigint (64 bit). There is no separate unsigned kind: `5u` is 5.
 */
export type CelValue = null | boolean | number | bigint | string | CelList | CelMap | CelScalar;

/** A list: of JSON, or built by an expression. */
export type CelList = readonly CelValue[];

/** A map: a JSON object, or built by an expression. Keys are strings; integer and bool keys are written as text. */
export interface CelMap {
  readonly [key: string]: CelValue;
}

/** The kinds of value, by their CEL names. `dyn` stands for "known only at run time". */
export type Kind =
  | 'null'
  | 'bool'
  | 'int'
  | 'double'
  | 'string'
  | 'bytes'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'
  | 'type'
  | 'dyn';

/** Base of the values that are neither JSON nor a bigint. */
export abstract class CelScalar {
  abstract readonly kind: Kind;
}

/** An instant with millisecond precision, from year 1 to 9999. */
export class Timestamp extends CelScalar {
  override readonly kind = 'timestamp';
  /** Milliseconds since the Unix epoch. */
  readonly epochMs: number;

  constructor(epochMs: number) {
    super();
    this.epochMs = epochMs;
  }
}

/** A span of time with nanosecond precision. */
export class Duration extends CelScalar {
  override readonly kind = 'duration';
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }
}

/** A byte string. Its JSON form is base64. */
export class Bytes extends CelScalar {
  override readonly kind = 'bytes';
  readonly data: Uint8Array;

  constructor(data: Uint8Array) {
    super();
    this.data = data;
  }
}

/** The type of a value, as `type(x)` gives it. Its JSON form is its name. */
export class TypeValue extends CelScalar {
  override readonly kind = 'type';
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

/** The kind of a value; never `dyn`. */
export function kindOf(value: CelValue): Exclude<Kind, 'dyn'> {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    default:
      return kindOfObject(value);
  }
}

function kindOfObject(value: null | CelList | CelMap | CelScalar): Exclude<Kind, 'dyn'> {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof CelScalar) return scalarKind(value);
  return 'map';
}

function scalarKind(value: CelScalar): Exclude<Kind, 'dyn'> {
  return value.kind === 'dyn' ? 'type' : value.kind;
}

/** Whether a value is a map. */
export function isMap(value: CelValue): value is CelMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof CelScalar);
}

/** Whether a value is a list. */
export function isList(value: CelValue): value is CelList {
  return Array.isArray(value);
}
