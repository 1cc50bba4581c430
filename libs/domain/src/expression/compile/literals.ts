import { Fault, valueFault } from '../fault.ts';
import { chargeElements, type Step } from '../frame.ts';
import { setOwn } from '../json.ts';
import type { SyntaxNode } from '../syntax.ts';
import { Bytes, type CelValue, kindOf } from '../value.ts';
import { checkedInt } from '../arithmetic.ts';
import { type Compilation, type Compiled, refuse, siteOf } from './context.ts';

type Nodes<Op extends SyntaxNode['op']> = Extract<SyntaxNode, { op: Op }>;

/** A number, text, bool, null or byte string as written. */
export function compileLiteral(node: Nodes<'value'>, context: Compilation): Compiled {
  const value = literalValue(node.args);
  const json = typeof value !== 'bigint' && typeof value !== 'object';
  // The smallest integer is written as the negation of one that is too large by itself.
  const beyond = typeof value === 'bigint' && checkedInt(-value, siteOf(node, context)) instanceof Fault;
  if (beyond) throw refuse(context, node, 'TYPE', 'the integer is beyond 64 bits');
  return { step: () => value, kind: kindOf(value), weight: 1, json: json || value === null, literal: value };
}

function literalValue(args: Nodes<'value'>['args']): CelValue {
  if (args instanceof Uint8Array) return new Bytes(args);
  if (typeof args === 'object' && args !== null) return BigInt(args.valueOf().toString());
  return args;
}

/** `[a, b, c]`. */
export function compileList(node: Nodes<'list'>, context: Compilation): Compiled {
  const elements = node.args.map((element) => context.compile(element, context));
  const site = siteOf(node, context);
  const step: Step = (frame) => {
    const spent = chargeElements(frame, elements.length, site);
    if (spent !== undefined) return spent;
    const list: CelValue[] = [];
    for (const element of elements) {
      const value = element.step(frame);
      if (value instanceof Fault) return value;
      list.push(value);
    }
    return list;
  };
  return { step, kind: 'list', weight: 1 + weightOf(elements), json: false };
}

/** `{key: value}`. Keys are texts; integer and bool keys are written as texts. */
export function compileMap(node: Nodes<'map'>, context: Compilation): Compiled {
  const keys = node.args.map(([key]) => context.compile(key, context));
  const values = node.args.map(([, value]) => context.compile(value, context));
  const site = siteOf(node, context);
  const step: Step = (frame) => {
    const spent = chargeElements(frame, keys.length, site);
    if (spent !== undefined) return spent;
    const map: Record<string, CelValue> = {};
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]?.step(frame) ?? null;
      if (key instanceof Fault) return key;
      if (typeof key === 'object' || typeof key === 'number')
        return valueFault(site, `a map key cannot be a ${kindOf(key)}`);
      const value = values[i]?.step(frame) ?? null;
      if (value instanceof Fault) return value;
      if (Object.hasOwn(map, String(key))) return valueFault(site, `the map has the key ${String(key)} twice`);
      setOwn(map, String(key), value);
    }
    return map;
  };
  return { step, kind: 'map', weight: 1 + weightOf(keys) + weightOf(values), json: false };
}

function weightOf(parts: readonly Compiled[]): number {
  return parts.reduce((sum, part) => sum + part.weight, 0);
}
