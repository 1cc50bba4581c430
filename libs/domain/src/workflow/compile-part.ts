import { compileCondition, type Condition } from '../expression/condition.ts';
import { ExpressionError, type ExpressionErrorCode } from '../expression/errors.ts';
import { compileExpression, type Expression, type ExpressionEnv } from '../expression/expression.ts';
import type { JsonValue } from '../expression/json.ts';
import { compileTemplate, type Template } from '../expression/template.ts';
import type { ProblemCode } from './problem.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';

/** Compiles the template at a place of the document; a failure becomes a problem there. */
export function templateIn(
  json: JsonValue | undefined,
  at: DocumentPath,
  env: ExpressionEnv,
  problems: ProblemList,
): Template | undefined {
  return json === undefined ? undefined : reporting(at, problems, () => compileTemplate(json, env));
}

/** Compiles the condition at a place of the document. None, and the words for a fallback, give undefined. */
export function conditionIn(
  source: string | undefined,
  at: DocumentPath,
  env: ExpressionEnv,
  problems: ProblemList,
): Condition | undefined {
  return source === undefined || isFallback(source)
    ? undefined
    : reporting(at, problems, () => compileCondition(source, env));
}

/** Compiles the expression at a place of the document. */
export function expressionIn(
  source: string | undefined,
  at: DocumentPath,
  env: ExpressionEnv,
  problems: ProblemList,
): Expression | undefined {
  return source === undefined ? undefined : reporting(at, problems, () => compileExpression(source, env));
}

/** Whether the text of an edge's condition makes it the fallback. */
export function isFallback(condition: string): boolean {
  return ['', 'default', 'always'].includes(condition.trim());
}

const CODES: Readonly<Record<ExpressionErrorCode, ProblemCode>> = {
  SYNTAX: 'BAD_EXPRESSION',
  LIMIT: 'BAD_EXPRESSION',
  TYPE: 'EXPRESSION_TYPE',
  NOT_BOOLEAN: 'EXPRESSION_TYPE',
  VALUE: 'EXPRESSION_TYPE',
  NOT_JSON: 'EXPRESSION_TYPE',
  MISSING_KEY: 'UNKNOWN_REFERENCE',
  UNKNOWN_NODE: 'UNKNOWN_REFERENCE',
  AMBIGUOUS_ALIAS: 'AMBIGUOUS_ALIAS',
};

function reporting<T>(at: DocumentPath, problems: ProblemList, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { code, at: within, mend } = error.detail;
    problems.add({ at: [...at, ...pathParts(within ?? '')], code: CODES[code], message: withoutPlace(error), mend });
    return undefined;
  }
}

/** The place within the template is part of the problem's path already. */
function withoutPlace(error: ExpressionError): string {
  return new ExpressionError({ ...error.detail, at: undefined }).message;
}

function pathParts(path: string): DocumentPath {
  return Array.from(path.matchAll(/\[(\d+)\]|([^.[\]]+)/g), ([, index, key]) =>
    index === undefined ? (key ?? '') : Number(index),
  );
}
