import { Fault, type Site, valueFault } from '../fault.ts';
import { charge, chargeElements, type Frame, type Step } from '../frame.ts';
import type { SyntaxNode } from '../syntax.ts';
import { type CelList, type CelValue, isList, isMap, type Kind, kindOf } from '../value.ts';
import { type Compilation, type Compiled, refuse, siteOf, withLocal } from './context.ts';
import { notBool } from './logic.ts';
import { requireBool } from './operators.ts';

/** The methods that bind a variable to each element in turn. */
export type Comprehension = 'all' | 'exists' | 'exists_one' | 'filter' | 'map';

const NAMES: ReadonlySet<string> = new Set<Comprehension>(['all', 'exists', 'exists_one', 'filter', 'map']);

/** Whether a method of this name, with so many arguments, is a comprehension. */
export function isComprehension(name: string, argumentCount: number): name is Comprehension {
  return NAMES.has(name) && (argumentCount === 2 || (name === 'map' && argumentCount === 3));
}

/** `range.all(x, …)` and its like: over the elements of a list or the keys of a map. */
export function compileComprehension(
  node: SyntaxNode,
  name: Comprehension,
  rangeNode: SyntaxNode,
  args: readonly SyntaxNode[],
  context: Compilation,
): Compiled {
  const [variable, first, second] = args;
  if (variable?.op !== 'id' || first === undefined) {
    throw refuse(
      context,
      node,
      'SYNTAX',
      `${name}() needs the name of a variable first`,
      `such as input.tags.${name}(tag, …)`,
    );
  }
  const range = context.compile(rangeNode, context);
  if (!['dyn', 'list', 'map'].includes(range.kind)) {
    throw refuse(context, rangeNode, 'TYPE', `${name}() goes over a list or a map, not a ${range.kind}`);
  }
  const { inner, slot } = withLocal(context, variable.args);
  const body = inner.compile(first, inner);
  const then = second === undefined ? undefined : inner.compile(second, inner);
  if (name !== 'map' || then !== undefined) requireBool(body, first, inner, `${name}() needs`);
  const loop: Loop = {
    range: range.step,
    slot,
    weight: body.weight + (then?.weight ?? 0) + 1,
    site: siteOf(node, context),
    bodySite: siteOf(first, context),
  };
  return { ...assemble(name, loop, body.step, then?.step), weight: range.weight + loop.weight, json: false };
}

interface Loop {
  readonly range: Step;
  readonly slot: number;
  readonly weight: number;
  readonly site: Site;
  readonly bodySite: Site;
}

function assemble(name: Comprehension, loop: Loop, body: Step, then: Step | undefined): { step: Step; kind: Kind } {
  switch (name) {
    case 'all':
      return { step: quantified(loop, body, false), kind: 'bool' };
    case 'exists':
      return { step: quantified(loop, body, true), kind: 'bool' };
    case 'exists_one':
      return { step: counted(loop, body), kind: 'bool' };
    case 'filter':
      return { step: collected(loop, body, undefined), kind: 'list' };
    case 'map':
      return {
        step: then === undefined ? collected(loop, undefined, body) : collected(loop, body, then),
        kind: 'list',
      };
  }
}

function elementsOf(loop: Loop, frame: Frame): CelList | Fault {
  const range = loop.range(frame);
  if (range instanceof Fault || isList(range)) return range;
  return isMap(range) ? Object.keys(range) : valueFault(loop.site, `cannot go over the elements of a ${kindOf(range)}`);
}

/** Evaluates the body for one element: a bool or a fault. */
function test(loop: Loop, body: Step, element: CelValue, frame: Frame): boolean | Fault {
  const spent = charge(frame, loop.weight, loop.site);
  if (spent !== undefined) return spent;
  frame.locals[loop.slot] = element;
  const value = body(frame);
  return typeof value === 'boolean' || value instanceof Fault ? value : notBool(value, loop.bodySite);
}

/** `all` and `exists`: one settling element decides, whatever fault another one has. */
function quantified(loop: Loop, body: Step, settling: boolean): Step {
  return (frame) => {
    const elements = elementsOf(loop, frame);
    if (elements instanceof Fault) return elements;
    let fault: Fault | undefined;
    for (const element of elements) {
      const value = test(loop, body, element, frame);
      if (value === settling) return settling;
      if (!(value instanceof Fault)) continue;
      if (value.fatal) return value;
      fault ??= value;
    }
    return fault ?? !settling;
  };
}

function counted(loop: Loop, body: Step): Step {
  return (frame) => {
    const elements = elementsOf(loop, frame);
    if (elements instanceof Fault) return elements;
    let count = 0;
    for (const element of elements) {
      const value = test(loop, body, element, frame);
      if (value instanceof Fault) return value;
      if (value) count++;
    }
    return count === 1;
  };
}

/** `filter` and `map`: the elements the condition holds for, as the body makes them. */
function collected(loop: Loop, condition: Step | undefined, body: Step | undefined): Step {
  return (frame) => {
    const elements = elementsOf(loop, frame);
    if (elements instanceof Fault) return elements;
    const tooMany = chargeElements(frame, elements.length, loop.site);
    if (tooMany !== undefined) return tooMany;
    const list: CelValue[] = [];
    for (const element of elements) {
      const spent = condition === undefined ? charge(frame, loop.weight, loop.site) : undefined;
      const kept = spent ?? (condition === undefined || test(loop, condition, element, frame));
      if (kept instanceof Fault) return kept;
      if (!kept) continue;
      frame.locals[loop.slot] = element;
      const value = body === undefined ? element : body(frame);
      if (value instanceof Fault) return value;
      list.push(value);
    }
    return list;
  };
}

/** `cel.bind(name, value, body)`: computes a value once and names it. */
export function compileBind(node: SyntaxNode, args: readonly SyntaxNode[], context: Compilation): Compiled {
  const [variable, valueNode, bodyNode] = args;
  if (variable?.op !== 'id' || valueNode === undefined || bodyNode === undefined) {
    throw refuse(context, node, 'SYNTAX', 'cel.bind() needs a name, a value and a body');
  }
  const value = context.compile(valueNode, context);
  const { inner, slot } = withLocal(context, variable.args);
  const body = inner.compile(bodyNode, inner);
  const step: Step = (frame) => {
    const bound = value.step(frame);
    if (bound instanceof Fault) return bound;
    frame.locals[slot] = bound;
    return body.step(frame);
  };
  return { step, kind: body.kind, weight: value.weight + body.weight + 1, json: false };
}
