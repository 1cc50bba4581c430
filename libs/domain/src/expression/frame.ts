import { type Fault, limitFault, type Site } from './fault.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import type { Scope } from './scope.ts';
import type { CelValue } from './value.ts';

/** One evaluation under way: what it sees, what its comprehensions bound, what it may still spend. */
export interface Frame {
  readonly scope: Scope;
  /** Variables of the comprehensions and binds around, by slot. */
  readonly locals: CelValue[];
  /** Units of work left; below zero the evaluation ends. */
  cost: number;
}

/** One compiled operation. */
export type Step = (frame: Frame) => CelValue | Fault;

/** A fresh evaluation over a scope, with the full allowance. */
export function newFrame(scope: Scope): Frame {
  return { scope, locals: [], cost: EXPRESSION_LIMITS.cost };
}

/** Spends units of work; a fault when the allowance is gone. */
export function charge(frame: Frame, units: number, site: Site): Fault | undefined {
  frame.cost -= units;
  return frame.cost < 0
    ? limitFault(site, `the evaluation costs more than ${EXPRESSION_LIMITS.cost} steps`)
    : undefined;
}

/** Characters handled for one unit of work. */
const CHARS_PER_UNIT = 32;

/** Spends what handling so many characters costs, and refuses to build more than the limit. */
export function chargeChars(frame: Frame, chars: number, site: Site): Fault | undefined {
  if (chars > EXPRESSION_LIMITS.builtChars) {
    return limitFault(site, `a text of more than ${EXPRESSION_LIMITS.builtChars} characters would be built`);
  }
  return charge(frame, 1 + chars / CHARS_PER_UNIT, site);
}

/** Spends what building a list or map of so many elements costs, and refuses to build more than the limit. */
export function chargeElements(frame: Frame, elements: number, site: Site): Fault | undefined {
  if (elements > EXPRESSION_LIMITS.builtElements) {
    return limitFault(site, `a list or map of more than ${EXPRESSION_LIMITS.builtElements} elements would be built`);
  }
  return charge(frame, 1 + elements, site);
}
