import { RE2JS } from 're2js';
import { EXPRESSION_LIMITS } from './limits.ts';

/** A compiled regular expression. */
export interface Pattern {
  /** Whether the pattern matches anywhere in the text. Time grows linearly with the text. */
  test(text: string): boolean;
  /** Instructions it was compiled to, repetitions written out: a test takes at most this many steps a character. */
  readonly size: number;
}

/**
 * Compiles a regular expression in RE2 syntax: no backreferences and no lookaround, hence no backtracking.
 * Undefined where the pattern is not valid or too long; `reason` then says why.
 */
export function compilePattern(source: string): { readonly pattern: Pattern } | { readonly reason: string } {
  if (source.length > EXPRESSION_LIMITS.patternChars) {
    return { reason: `the pattern is longer than ${EXPRESSION_LIMITS.patternChars} characters` };
  }
  try {
    const compiled = RE2JS.compile(source);
    return { pattern: { test: (text) => compiled.test(text), size: compiled.programSize() } };
  } catch (cause) {
    return { reason: `not a valid RE2 pattern: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}
