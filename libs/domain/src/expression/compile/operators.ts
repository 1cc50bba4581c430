import { type ArithmeticOperator, arithmetic, arithmeticKind, negate } from '../arithmetic.ts';
import { contains, equals } from '../equality.ts';
import { Fault, type Site, valueFault } from '../fault.ts';
import type { Step } from '../frame.ts';
import { compare, isOrderable, type OrderOperator } from '../ordering.ts';
import type { SyntaxNode } from '../syntax.ts';
import { type CelValue, type Kind, kindOf } from '../value.ts';
import { type Compilation, type Compiled, refuse, siteOf } from './context.ts';

type Nodes<Op extends SyntaxNode['op']> = Extract<SyntaxNode, { op: Op }>;

interface Operands {
  readonly left: Compiled;
  readonly right: Compiled;
  readonly site: Site;
}

function operands(node: SyntaxNode, pair: readonly [SyntaxNode, SyntaxNode], context: Compilation): Operands {
  const left = context.compile(pair[0], context);
  const right = context.compile(pair[1], context);
  return { left, right, site: siteOf(node, context) };
}

function both(parts: Operands, join: (a: CelValue, b: CelValue, frame: Parameters<Step>[0]) => CelValue | Fault): Step {
  const left = parts.left.step;
  const right = parts.right.step;
  return (frame) => {
    const a = left(frame);
    if (a instanceof Fault) return a;
    const b = right(frame);
    return b instanceof Fault ? b : join(a, b, frame);
  };
}

function compiled(parts: Operands, kind: Kind, step: Step): Compiled {
  return { step, kind, weight: parts.left.weight + parts.right.weight + 1, json: false };
}

/** `+ - * / %`. */
export function compileArithmetic(node: Nodes<ArithmeticOperator>, context: Compilation): Compiled {
  const parts = operands(node, node.args, context);
  const op = node.op;
  const kind = arithmeticKind(op, parts.left.kind, parts.right.kind);
  if (kind === undefined) throw mismatch(node, op, parts, context);
  return compiled(
    parts,
    kind,
    both(parts, (a, b, frame) => arithmetic(op, a, b, frame, parts.site)),
  );
}

/** `< <= > >=`. */
export function compileOrder(node: Nodes<OrderOperator>, context: Compilation): Compiled {
  const parts = operands(node, node.args, context);
  const op = node.op;
  if (!isOrderable(parts.left.kind, parts.right.kind)) throw mismatch(node, op, parts, context);
  return compiled(
    parts,
    'bool',
    both(parts, (a, b) => compare(op, a, b, parts.site)),
  );
}

/** `== !=`. */
export function compileEquality(node: Nodes<'==' | '!='>, context: Compilation): Compiled {
  const parts = operands(node, node.args, context);
  const wanted = node.op === '==';
  const literal = parts.right.literal;
  // The common case, a path compared with a text, needs no general comparison.
  if (typeof literal === 'string') {
    return compiled(parts, 'bool', (frame) => {
      const a = parts.left.step(frame);
      return a instanceof Fault ? a : (a === literal) === wanted;
    });
  }
  const step = both(parts, (a, b, frame) => {
    const same = equals(a, b, frame, parts.site);
    return same instanceof Fault ? same : same === wanted;
  });
  return compiled(parts, 'bool', step);
}

/** `value in container`. */
export function compileIn(node: Nodes<'in'>, context: Compilation): Compiled {
  const parts = operands(node, node.args, context);
  if (!['dyn', 'list', 'map'].includes(parts.right.kind)) throw mismatch(node, 'in', parts, context);
  const step = both(parts, (a, b, frame) => {
    return (
      contains(b, a, frame, parts.site) ?? valueFault(parts.site, `no such operation: ${kindOf(a)} in ${kindOf(b)}`)
    );
  });
  return compiled(parts, 'bool', step);
}

function mismatch(node: SyntaxNode, op: string, parts: Operands, context: Compilation): Error {
  return refuse(context, node, 'TYPE', `no such operation: ${parts.left.kind} ${op} ${parts.right.kind}`);
}

/** `!x`. */
export function compileNot(node: Nodes<'!_'>, context: Compilation): Compiled {
  const operand = context.compile(node.args, context);
  const site = siteOf(node, context);
  requireBool(operand, node.args, context, '! needs');
  const step: Step = (frame) => {
    const value = operand.step(frame);
    if (typeof value === 'boolean') return !value;
    return value instanceof Fault ? value : valueFault(site, `no such operation: !${kindOf(value)}`);
  };
  return { step, kind: 'bool', weight: operand.weight + 1, json: false };
}

/** `-x`. */
export function compileNegation(node: Nodes<'-_'>, context: Compilation): Compiled {
  const operand = context.compile(node.args, context);
  const site = siteOf(node, context);
  if (!['dyn', 'int', 'double', 'duration'].includes(operand.kind)) {
    throw refuse(context, node, 'TYPE', `no such operation: -${operand.kind}`);
  }
  const step: Step = (frame) => {
    const value = operand.step(frame);
    return value instanceof Fault ? value : negate(value, site);
  };
  return { step, kind: operand.kind, weight: operand.weight + 1, json: false };
}

/** Refuses a part that can never be true or false. */
export function requireBool(part: Compiled, node: SyntaxNode, context: Compilation, who: string): void {
  if (part.kind === 'bool' || part.kind === 'dyn') return;
  throw refuse(context, node, 'TYPE', `${who} true or false, not a ${part.kind}`);
}
