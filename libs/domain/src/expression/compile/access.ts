import { Fault, missingFault } from '../fault.ts';
import type { Step } from '../frame.ts';
import { TYPE_NAMES } from '../functions/conversions.ts';
import { SCOPE_NAMES, type Scope, type ScopeName } from '../scope.ts';
import { didYouMean } from '../suggestion.ts';
import type { SyntaxNode } from '../syntax.ts';
import { type CelValue, isList, isMap } from '../value.ts';
import { type Compilation, type Compiled, refuse, siteOf } from './context.ts';
import { isOutput, keyedOutput, namedOutput, wholeOutput } from './output.ts';

type Nodes<Op extends SyntaxNode['op']> = Extract<SyntaxNode, { op: Op }>;

const READ: Readonly<Record<Exclude<ScopeName, 'output'>, (scope: Scope) => CelValue | undefined>> = {
  input: (scope) => scope.input,
  last: (scope) => scope.last,
  run: (scope) => scope.run,
  error: (scope) => scope.error,
  item: (scope) => scope.item,
  index: (scope) => scope.index,
};

/** A name: a variable of a comprehension, a part of the scope, or a type. */
export function compileName(node: Nodes<'id'>, context: Compilation): Compiled {
  const name = node.args;
  const slot = context.locals.get(name);
  const missing = missingFault(siteOf(node, context));
  if (slot !== undefined) {
    return { step: (frame) => frame.locals[slot] ?? null, kind: 'dyn', weight: 1, json: false };
  }
  if (name === 'output') return wholeOutput(node, context);
  if (isScopeName(name)) {
    const read = READ[name];
    context.readNames.add(name);
    return { step: (frame) => orMissing(read(frame.scope), missing), kind: 'dyn', weight: 1, json: true };
  }
  const type = TYPE_NAMES.get(name);
  if (type !== undefined) return { step: () => type, kind: 'type', weight: 1, json: false, literal: type };
  const known = [...SCOPE_NAMES, ...context.locals.keys()];
  throw refuse(context, node, 'TYPE', `unknown name \`${name}\``, unknownNameMend(node, context, known));
}

/** The value where there is one; null is one. */
function orMissing(value: CelValue | undefined, missing: Fault): CelValue | Fault {
  return value === undefined ? missing : value;
}

function unknownNameMend(node: Nodes<'id'>, context: Compilation, known: readonly string[]): string {
  const before = context.source.slice(0, node.start).trimEnd();
  // `output.billing-agent` reads as a subtraction: the commonest slip with hyphenated ids.
  if (before.endsWith('-') && context.source.includes('output.')) {
    return `a node id with a hyphen is written output['billing-agent'] or output.billing_agent`;
  }
  return didYouMean(node.args, known);
}

function isScopeName(name: string): name is Exclude<ScopeName, 'output'> {
  return Object.hasOwn(READ, name);
}

/** `base.key`. */
export function compileSelect(node: Nodes<'.'>, context: Compilation): Compiled {
  const [base, key] = node.args;
  if (isOutput(base, context)) return namedOutput(node, key, context);
  const operand = context.compile(base, context);
  return {
    step: readKey(operand.step, key, node, context),
    kind: 'dyn',
    weight: operand.weight + 1,
    json: operand.json,
  };
}

function readKey(operand: Step, key: string, node: SyntaxNode, context: Compilation): Step {
  const missing = missingFault(siteOf(node, context));
  return (frame) => {
    const base = operand(frame);
    if (base instanceof Fault) return base;
    return isMap(base) && Object.hasOwn(base, key) ? (base[key] ?? null) : missing;
  };
}

/** `base[index]`: a key of a map, or a position of a list. */
export function compileIndex(node: Nodes<'[]'>, context: Compilation): Compiled {
  const [base, index] = node.args;
  const key = context.compile(index, context);
  if (isOutput(base, context)) return keyedOutput(node, key, context);
  const operand = context.compile(base, context);
  const missing = missingFault(siteOf(node, context));
  const step: Step = (frame) => {
    const container = operand.step(frame);
    if (container instanceof Fault) return container;
    const at = key.step(frame);
    return at instanceof Fault ? at : orMissing(readIndex(container, at), missing);
  };
  return { step, kind: 'dyn', weight: operand.weight + key.weight + 1, json: operand.json };
}

function readIndex(container: CelValue, at: CelValue): CelValue | undefined {
  if (isList(container)) return typeof at === 'bigint' || typeof at === 'number' ? container[Number(at)] : undefined;
  if (!isMap(container) || (typeof at === 'object' && at !== null)) return undefined;
  const key = String(at);
  return at !== null && Object.hasOwn(container, key) ? (container[key] ?? null) : undefined;
}

/** `has(path)`: whether the path is there. Unlike reading it, no part of it needs to be: the answer is then false. */
export function compileHas(node: Nodes<'call'>, path: SyntaxNode, context: Compilation): Compiled {
  if (path.op !== '.') {
    throw refuse(context, node, 'TYPE', 'has() takes a path that ends in a key', 'such as has(input.customer.name)');
  }
  const operand = context.compile(path, context);
  const step: Step = (frame) => {
    const value = operand.step(frame);
    if (!(value instanceof Fault)) return true;
    return value.code === 'MISSING_KEY' ? false : value;
  };
  return { step, kind: 'bool', weight: operand.weight + 1, json: true };
}
