import { Fault, type Site, valueFault } from '../fault.ts';
import type { Step } from '../frame.ts';
import type { SyntaxNode } from '../syntax.ts';
import { type CelValue, kindOf } from '../value.ts';
import { type Compilation, type Compiled, siteOf } from './context.ts';
import { requireBool } from './operators.ts';

type Nodes<Op extends SyntaxNode['op']> = Extract<SyntaxNode, { op: Op }>;

/**
 * `&&` and `||`. Each side may fail as long as the other one settles the answer: `missing || true` is true,
 * `missing && false` is false, in either order. Only broken limits always come through.
 */
export function compileLogic(node: Nodes<'&&' | '||'>, context: Compilation): Compiled {
  const [leftNode, rightNode] = node.args;
  const left = context.compile(leftNode, context);
  const right = context.compile(rightNode, context);
  requireBool(left, leftNode, context, `${node.op} needs`);
  requireBool(right, rightNode, context, `${node.op} needs`);
  const step = logic(node.op === '||', left.step, right.step, siteOf(leftNode, context), siteOf(rightNode, context));
  return { step, kind: 'bool', weight: left.weight + right.weight + 1, json: false };
}

function logic(settling: boolean, left: Step, right: Step, leftSite: Site, rightSite: Site): Step {
  return (frame) => {
    const a = left(frame);
    if (a === settling) return settling;
    if (a instanceof Fault && a.fatal) return a;
    const b = right(frame);
    if (b === settling) return settling;
    if (b instanceof Fault && b.fatal) return b;
    if (a instanceof Fault) return a;
    if (typeof a !== 'boolean') return notBool(a, leftSite);
    return b instanceof Fault || typeof b === 'boolean' ? b : notBool(b, rightSite);
  };
}

/** A value stands where true or false is needed. */
export function notBool(value: CelValue, site: Site): Fault {
  return valueFault(site, `true or false is needed, not a ${kindOf(value)}`);
}

/** `condition ? a : b`. Only the chosen side is evaluated. */
export function compileTernary(node: Nodes<'?:'>, context: Compilation): Compiled {
  const [conditionNode, thenNode, elseNode] = node.args;
  const condition = context.compile(conditionNode, context);
  const then = context.compile(thenNode, context);
  const otherwise = context.compile(elseNode, context);
  requireBool(condition, conditionNode, context, '? needs');
  const site = siteOf(conditionNode, context);
  const step: Step = (frame) => {
    const chosen = condition.step(frame);
    if (chosen === true) return then.step(frame);
    if (chosen === false) return otherwise.step(frame);
    return chosen instanceof Fault ? chosen : notBool(chosen, site);
  };
  return {
    step,
    kind: then.kind === otherwise.kind ? then.kind : 'dyn',
    weight: condition.weight + then.weight + otherwise.weight + 1,
    json: then.json && otherwise.json,
  };
}
