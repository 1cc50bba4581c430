import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { ExpressionError } from './errors.ts';
import { EXPRESSION_LIMITS } from './limits.ts';

/** A node of an expression's syntax tree. */
export type SyntaxNode = ASTNode;

const parser = new Environment({
  unlistedVariablesAreDyn: true,
  limits: {
    maxAstNodes: EXPRESSION_LIMITS.astNodes,
    maxDepth: EXPRESSION_LIMITS.depth,
    maxListElements: EXPRESSION_LIMITS.astNodes,
    maxMapEntries: EXPRESSION_LIMITS.astNodes,
  },
});

/** Parses CEL source. Raises a SYNTAX {@link ExpressionError} with the position where it is none. */
export function parseSyntax(source: string): SyntaxNode {
  if (source.length > EXPRESSION_LIMITS.sourceChars) {
    throw syntaxError(source, `the expression is longer than ${EXPRESSION_LIMITS.sourceChars} characters`);
  }
  try {
    return parser.parse(source).ast;
  } catch (cause) {
    if (cause instanceof ParseError) throw syntaxError(source, cause.summary, cause.range?.start);
    if (cause instanceof RangeError) throw syntaxError(source, 'the expression nests too deep');
    throw cause;
  }
}

function syntaxError(source: string, reason: string, offset?: number): ExpressionError {
  const mend = reason.startsWith('Reserved identifier')
    ? "write the name as a key, such as input['package']"
    : "write a CEL expression, such as output.classify.category == 'billing'";
  return new ExpressionError({ code: 'SYNTAX', reason: lowerFirst(reason), source, offset, mend });
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
