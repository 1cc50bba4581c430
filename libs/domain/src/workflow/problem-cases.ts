import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseWorkflow } from './parse.ts';
import type { Problem } from './problem.ts';

/** A problem as tests look at it: severity, code, path, line:column. */
export type Expected = `${'error' | 'warning'} ${string}`;

/** A problem in one line. */
export function summary(problem: Problem): string {
  const place = problem.line === undefined ? '' : ` ${problem.line}:${problem.column}`;
  return `${problem.severity} ${problem.code} ${problem.path}${place}`;
}

/** A source and what is wrong with it. */
export interface ProblemCase {
  readonly what: string;
  readonly source: string;
  readonly expected: readonly Expected[];
  /** What one of the messages or mends says. */
  readonly says?: RegExp;
}

/** Makes a test of every case: exactly these problems, and a plan where none is an error. */
export function checkProblems(cases: readonly ProblemCase[]): void {
  for (const { what, source, expected, says } of cases) {
    it(what, () => {
      const { problems, definition, plan } = parseWorkflow(source);
      assert.deepEqual(problems.map(summary), expected);
      const failed = expected.some((each) => each.startsWith('error'));
      assert.equal(definition === undefined, failed);
      assert.equal(plan === undefined, failed);
      if (says !== undefined)
        assert.match(problems.map(({ message, mend }) => `${message} | ${mend}`).join('\n'), says);
    });
  }
}

/** The YAML line of a node, which passes its input on. */
export const node = (id: string, more = ''): string => `  - {id: ${id}, type: transform${more}}\n`;
/** The YAML line of an edge. */
export const edge = (from: string, to: string, more = ''): string => `  - {from: ${from}, to: ${to}${more}}\n`;
/** The YAML before the nodes. */
export const head = 'id: w\nnodes:\n';
