import { compileSource, type Program } from './compile/compiler.ts';
import { Fault, raised, type Site } from './fault.ts';
import { type Frame, newFrame } from './frame.ts';
import type { JsonValue } from './json.ts';
import type { NodeNames } from './node-names.ts';
import type { References } from './references.ts';
import { type JsonResult, toJson } from './result.ts';
import type { Scope } from './scope.ts';
import type { CelValue, Kind } from './value.ts';

/** What compiling may rely on. */
export interface ExpressionEnv {
  /** The nodes `output` may name. Without it every name is taken, and checked only when evaluated. */
  readonly nodeNames?: NodeNames | undefined;
}

/** A CEL expression, compiled once and evaluated many times. Immutable. */
export interface Expression {
  readonly source: string;
  readonly references: References;
  /** The kind of its value as far as the source tells, else `dyn`. */
  readonly kind: Kind;
  /** The value as plain JSON. Raises an {@link ExpressionError}, MISSING_KEY for a path that is not there. */
  readonly evaluate: (scope: Scope) => JsonValue;
}

/** Compiles a CEL expression. Raises an {@link ExpressionError} with the position where it is none. */
export function compileExpression(source: string, env: ExpressionEnv = {}): Expression {
  const program = compileSource(source, env.nodeNames);
  const site: Site = { offset: 0, text: source };
  const evaluate = (scope: Scope): JsonValue => {
    const frame = newFrame(scope);
    const value = program.step(frame);
    const json = value instanceof Fault ? value : jsonOf(program, value, frame, site);
    if (json instanceof Fault) throw raised(json, source);
    return json.value;
  };
  return { source, references: program.references, kind: program.kind, evaluate };
}

function jsonOf(program: Program, value: CelValue, frame: Frame, site: Site): JsonResult | Fault {
  // What came with the scope is JSON already: handing it on must not cost a walk through it.
  return program.json ? { value: value as JsonValue } : toJson(value, frame, site);
}
