/**
 * Bounds on expressions. They hold for whatever an author or an agent sends, so that one definition or
 * one output cannot take the process down.
 */
export const EXPRESSION_LIMITS = Object.freeze({
  /** Characters of one expression. */
  sourceChars: 8_192,
  /** Nodes of one expression's syntax tree. */
  astNodes: 2_000,
  /** Nesting of one expression. */
  depth: 64,
  /** Operations of one expression within each other, long chains of operators included. */
  treeDepth: 400,
  /** Characters of one regular expression. */
  patternChars: 1_000,
  /** Elements of a list, or entries of a map, that an expression builds. */
  builtElements: 100_000,
  /** Characters of a string that an expression builds. */
  builtChars: 8 * 1024 * 1024,
  /** Values in a result, counted through all levels. */
  resultValues: 1_000_000,
  /** Nesting of a result, and of values compared with each other. */
  valueDepth: 512,
  /** Units of work of one evaluation: a step of a comprehension costs the nodes of its body, a copy or comparison its size. */
  cost: 1_000_000,
  /** Nesting of objects and arrays in a template. */
  templateDepth: 64,
  /** Expressions in one template. */
  templateExpressions: 1_000,
});
