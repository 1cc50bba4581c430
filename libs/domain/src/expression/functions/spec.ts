import type { Fault, Site } from '../fault.ts';
import type { Frame } from '../frame.ts';
import type { CelValue, Kind } from '../value.ts';

/** One overload of a function: what it takes, what it gives, how it is computed. */
export interface FunctionSpec {
  readonly name: string;
  /** Whether it is written `x.f()`: the receiver is then the first parameter. */
  readonly method: boolean;
  /** Kinds of the arguments, the receiver first. A double without a fraction also fits `int`. */
  readonly params: readonly Kind[];
  readonly result: Kind;
  readonly apply: Apply;
}

/** Computes a function. The arguments have the kinds of the overload's parameters. */
export type Apply = (args: readonly CelValue[], frame: Frame, site: Site) => CelValue | Fault;

/**
 * Declares an overload by its signature, such as `string.contains(string): bool` or `size(list): int`.
 * The signatures are the documentation of the function library.
 */
export function declare(signature: string, apply: Apply): FunctionSpec {
  const parts = /^(?:(\w+)\.)?(\w+)\(([^)]*)\): (\w+)$/.exec(signature);
  if (parts === null) throw new Error(`not a function signature: ${signature}`);
  const [, receiver, name = '', params = '', result = ''] = parts;
  const kinds = [receiver, ...params.split(',').map((param) => param.trim())].filter(
    (kind): kind is string => kind !== undefined && kind !== '',
  );
  return { name, method: receiver !== undefined, params: kinds.map(kindNamed), result: kindNamed(result), apply };
}

const KINDS: ReadonlySet<string> = new Set<Kind>([
  'null',
  'bool',
  'int',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'timestamp',
  'duration',
  'type',
  'dyn',
]);

function kindNamed(name: string): Kind {
  if (!isKind(name)) throw new Error(`not a kind of value: ${name}`);
  return name;
}

function isKind(name: string): name is Kind {
  return KINDS.has(name);
}
