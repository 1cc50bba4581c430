/** What is wrong with a definition. Stable. */
export type ProblemCode =
  // The source text.
  | 'MALFORMED_SOURCE'
  | 'SOURCE_TOO_LARGE'
  | 'DUPLICATE_KEY'
  | 'TOO_MANY_ALIASES'
  | 'UNKNOWN_DIALECT'
  // Its fields.
  | 'UNKNOWN_FIELD'
  | 'MISSING_FIELD'
  | 'WRONG_TYPE'
  | 'BAD_VALUE'
  | 'BAD_ID'
  | 'BAD_DURATION'
  | 'BAD_VERSION_RANGE'
  | 'UNKNOWN_NODE_TYPE'
  // The graph.
  | 'NO_NODES'
  | 'TOO_MANY_NODES'
  | 'TOO_MANY_EDGES'
  | 'DUPLICATE_ID'
  | 'DANGLING_EDGE'
  | 'CYCLE'
  | 'NO_START_NODE'
  | 'MULTIPLE_START_NODES'
  | 'UNREACHABLE_NODE'
  | 'JOIN_TOO_LARGE'
  | 'DUPLICATE_EDGE'
  | 'DEAD_EDGE'
  | 'ROUTE_WITHOUT_EDGE'
  // Expressions.
  | 'BAD_EXPRESSION'
  | 'EXPRESSION_TYPE'
  | 'UNKNOWN_REFERENCE'
  | 'AMBIGUOUS_ALIAS'
  | 'NEVER_BEFORE'
  // Schemas.
  | 'BAD_SCHEMA'
  // What an importer left out or read differently.
  | 'NODE_LEFT_OUT'
  | 'FIELD_IGNORED';

/** `error`: the definition cannot be used. `warning`: it can, but may not do what was meant. */
export type Severity = 'error' | 'warning';

/** One thing wrong with a definition: what, where, and what to do about it. */
export interface Problem {
  /** Such as `nodes.route.input`, `edges[2].condition` or `input_schema`; empty for the whole. */
  readonly path: string;
  readonly nodeId?: string;
  /** Position among the edges, from 0. */
  readonly edgeIndex?: number;
  /** Place in the source, from 1, where it is known. */
  readonly line?: number;
  readonly column?: number;
  readonly severity: Severity;
  readonly code: ProblemCode;
  readonly message: string;
  readonly mend?: string;
}

/** Problems reported at most; the rest is left out. */
export const MAX_PROBLEMS = 100;

/** Raised where a definition with errors was to be compiled. */
export class InvalidWorkflowError extends Error {
  override readonly name = 'InvalidWorkflowError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const errors = problems.filter((problem) => problem.severity === 'error');
    super(errors.map(describe).join('; ') || 'the workflow is not valid');
    this.problems = problems;
  }
}

function describe(problem: Problem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}
