import { ExpressionError, joinPath } from './errors.ts';
import { compileExpression, type Expression, type ExpressionEnv } from './expression.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, setOwn, textOf } from './json.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import { mergeReferences, type References } from './references.ts';
import type { Scope } from './scope.ts';
import { cutText, type TextPart } from './template-text.ts';

/** A JSON value with `${ CEL }` in its texts, compiled once and evaluated many times. Immutable. */
export interface Template {
  readonly references: References;
  /** Whether it holds no expression at all. */
  readonly constant: boolean;
  /**
   * The value with every expression replaced. A text that is one expression and nothing else keeps the type of
   * its value; within a longer text a value is written as text, or as JSON where it is none. Raises an
   * {@link ExpressionError} that says where in the template it failed, MISSING_KEY for a path that is not there.
   */
  readonly evaluate: (scope: Scope) => JsonValue;
}

type Part = (scope: Scope) => JsonValue;

/**
 * Compiles a template. Keys of objects are literal; `$${` stands for a literal `${`. Raises an
 * {@link ExpressionError} with the place in the template where an expression is none.
 */
export function compileTemplate(json: JsonValue, env: ExpressionEnv = {}): Template {
  const compilation: TemplateCompilation = { env, expressions: [] };
  const part = compilePart(json, compilation, '', 0);
  const constant = compilation.expressions.length === 0;
  return {
    references: mergeReferences(compilation.expressions.map((expression) => expression.references)),
    constant,
    evaluate: part,
  };
}

interface TemplateCompilation {
  readonly env: ExpressionEnv;
  readonly expressions: Expression[];
}

function compilePart(json: JsonValue, compilation: TemplateCompilation, at: string, depth: number): Part {
  if (depth > EXPRESSION_LIMITS.templateDepth) {
    throw tooLarge(`the template nests deeper than ${EXPRESSION_LIMITS.templateDepth} levels`, at);
  }
  if (typeof json === 'string') return compileText(json, compilation, at);
  const before = compilation.expressions.length;
  const part = isJsonArray(json)
    ? compileArray(json, compilation, at, depth)
    : isJsonObject(json)
      ? compileObject(json, compilation, at, depth)
      : () => json;
  if (compilation.expressions.length > before || !(typeof json === 'object' && json !== null)) return part;
  // Without expressions only escapes can change anything: the value is made once and shared.
  const value = part(NO_SCOPE);
  return () => value;
}

const NO_SCOPE: Scope = { input: null, outputs: () => undefined, run: {} };

function compileArray(json: readonly JsonValue[], compilation: TemplateCompilation, at: string, depth: number): Part {
  const parts = json.map((element, i) => compilePart(element, compilation, `${at}[${i}]`, depth + 1));
  return (scope) => parts.map((part) => part(scope));
}

function compileObject(json: JsonObject, compilation: TemplateCompilation, at: string, depth: number): Part {
  const parts = Object.entries(json).map(([key, value]): readonly [string, Part] => [
    key,
    compilePart(value, compilation, joinPath(at, key), depth + 1),
  ]);
  return (scope) => {
    const made: Record<string, JsonValue> = {};
    for (const [key, part] of parts) setOwn(made, key, part(scope));
    return made;
  };
}

function compileText(text: string, compilation: TemplateCompilation, at: string): Part {
  if (!text.includes('${')) return () => text;
  const parts = located(at, () => cutText(text)).map((part) => compileTextPart(part, compilation, at));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (scope) => parts.map((part) => textOf(part(scope))).join('');
}

function compileTextPart(part: TextPart, compilation: TemplateCompilation, at: string): Part {
  if (part.kind === 'text') return () => part.text;
  const expression = located(at, () => compileExpression(part.source.trim(), compilation.env));
  compilation.expressions.push(expression);
  if (compilation.expressions.length > EXPRESSION_LIMITS.templateExpressions) {
    throw tooLarge(`the template has more than ${EXPRESSION_LIMITS.templateExpressions} expressions`, at);
  }
  return (scope) => located(at, () => expression.evaluate(scope));
}

function located<T>(at: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ExpressionError ? error.within(at) : error;
  }
}

function tooLarge(reason: string, at: string): ExpressionError {
  return new ExpressionError({ code: 'LIMIT', reason, source: '', at });
}
