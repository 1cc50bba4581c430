import { compileSource } from './compile/compiler.ts';
import { ExpressionError } from './errors.ts';
import type { ExpressionEnv } from './expression.ts';
import { Fault, raised } from './fault.ts';
import { newFrame } from './frame.ts';
import type { References } from './references.ts';
import type { Scope } from './scope.ts';
import { kindOf } from './value.ts';

/** A CEL condition, compiled once and evaluated many times. Immutable. */
export interface Condition {
  readonly source: string;
  readonly references: References;
  /**
   * Whether it holds. A path that is not in the data makes the condition false, under `!=` and `!` too, unless
   * `&&`, `||`, `all` or `exists` settle the answer without it. Any other failure raises an {@link ExpressionError}.
   */
  readonly evaluate: (scope: Scope) => ConditionResult;
}

/** Whether a condition holds, and why it does not where a path was missing. */
export interface ConditionResult {
  readonly holds: boolean;
  /** The path that was missing, as the expression writes it. Present only where that made the condition false. */
  readonly missing?: string;
}

const HOLDS: ConditionResult = Object.freeze({ holds: true });
const FAILS: ConditionResult = Object.freeze({ holds: false });

/** Compiles a condition. Raises an {@link ExpressionError} where it is no expression, or can never be true or false. */
export function compileCondition(source: string, env: ExpressionEnv = {}): Condition {
  const program = compileSource(source, env.nodeNames);
  if (program.kind !== 'bool' && program.kind !== 'dyn') throw notBoolean(source, program.kind);
  const evaluate = (scope: Scope): ConditionResult => {
    const value = program.step(newFrame(scope));
    if (value === true) return HOLDS;
    if (value === false) return FAILS;
    if (!(value instanceof Fault)) throw notBoolean(source, kindOf(value));
    if (value.code === 'MISSING_KEY') return { holds: false, missing: value.site.text };
    throw raised(value, source);
  };
  return { source, references: program.references, evaluate };
}

function notBoolean(source: string, kind: string): ExpressionError {
  return new ExpressionError({
    code: 'NOT_BOOLEAN',
    reason: `a condition is true or false, not a ${kind}`,
    source,
    mend: 'compare the value with something, such as output.score.value > 0.5',
  });
}
