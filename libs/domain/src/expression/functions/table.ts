import type { Kind } from '../value.ts';
import { COLLECTION_FUNCTIONS } from './collections.ts';
import { CONVERSION_FUNCTIONS } from './conversions.ts';
import { JSON_FUNCTIONS } from './json.ts';
import type { FunctionSpec } from './spec.ts';
import { STRING_FUNCTIONS } from './strings.ts';
import { TIME_FUNCTIONS } from './time.ts';

const ALL: readonly FunctionSpec[] = [
  ...STRING_FUNCTIONS,
  ...CONVERSION_FUNCTIONS,
  ...COLLECTION_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...JSON_FUNCTIONS,
];

const BY_NAME: ReadonlyMap<string, readonly FunctionSpec[]> = Map.groupBy(ALL, (spec) => key(spec.name, spec.method));

/** Names with a meaning of their own in the compiler, beside the functions. */
const MACROS: readonly string[] = ['all', 'exists', 'exists_one', 'filter', 'map', 'matches'];

/** The overloads of a function `f(x)` or method `x.f()`; empty where there is none of this name. */
export function overloads(name: string, method: boolean): readonly FunctionSpec[] {
  return BY_NAME.get(key(name, method)) ?? [];
}

/** Every name that may follow a dot, or stand alone, before a parenthesis. */
export function functionNames(method: boolean): readonly string[] {
  const names = new Set(ALL.filter((spec) => spec.method === method).map((spec) => spec.name));
  return [...names, ...(method ? MACROS : ['has'])];
}

/** Whether arguments of these kinds may fit an overload, `dyn` fitting everything. */
export function fits(spec: FunctionSpec, kinds: readonly Kind[]): boolean {
  return spec.params.length === kinds.length && spec.params.every((param, i) => kindFits(param, kinds[i] ?? 'dyn'));
}

function kindFits(param: Kind, kind: Kind): boolean {
  return param === 'dyn' || kind === 'dyn' || param === kind;
}

function key(name: string, method: boolean): string {
  return method ? `.${name}` : name;
}
