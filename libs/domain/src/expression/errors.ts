/** Why an expression was refused, or failed. Stable. */
export type ExpressionErrorCode =
  /** The text is no CEL expression, or breaks a limit of {@link EXPRESSION_LIMITS}. */
  | 'SYNTAX'
  /** An unknown name, an unknown function, or operands of types that never fit. */
  | 'TYPE'
  /** `output.<node>` names a node the workflow does not have. */
  | 'UNKNOWN_NODE'
  /** `output.<alias>` fits more than one node. */
  | 'AMBIGUOUS_ALIAS'
  /** A path that is not in the data. In a condition this is `false` instead. */
  | 'MISSING_KEY'
  /** The values met at run time do not fit the operation. */
  | 'VALUE'
  /** The evaluation costs more, or its result is larger, than allowed. */
  | 'LIMIT'
  /** The result of a condition is not true or false. */
  | 'NOT_BOOLEAN'
  /** The result has no JSON form: NaN, an infinity, an integer beyond ±(2^53−1). */
  | 'NOT_JSON';

/** The parts of an {@link ExpressionError}. */
export interface ExpressionErrorDetail {
  readonly code: ExpressionErrorCode;
  /** What was wrong, in one sentence without the source. */
  readonly reason: string;
  /** The expression's source. */
  readonly source: string;
  /** Offset of the trouble in the source, in UTF-16 units, where it is known. */
  readonly offset?: number | undefined;
  /** The path that was missing, or the text of the part that failed. */
  readonly subject?: string | undefined;
  /** Where in a template the expression stands, such as `messages[0].content`. Empty for the template itself. */
  readonly at?: string | undefined;
  /** What to do about it. */
  readonly mend?: string | undefined;
}

/** A refused or failed expression: says what, where and how to mend it. Never retryable: expressions are pure. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly detail: ExpressionErrorDetail;

  constructor(detail: ExpressionErrorDetail) {
    super(describe(detail));
    this.detail = detail;
  }

  get code(): ExpressionErrorCode {
    return this.detail.code;
  }

  /** The same error, seen from the template it stands in. */
  within(at: string): ExpressionError {
    const joined = joinPath(at, this.detail.at ?? '');
    return new ExpressionError({ ...this.detail, at: joined });
  }
}

const SHOWN_CHARS = 200;

function describe(detail: ExpressionErrorDetail): string {
  const shown = detail.source.length > SHOWN_CHARS ? `${detail.source.slice(0, SHOWN_CHARS)}…` : detail.source;
  const place = detail.offset === undefined ? '' : ` at character ${detail.offset + 1}`;
  const at = detail.at === undefined || detail.at === '' ? '' : ` (${detail.at})`;
  return `${detail.reason} in expression \`${shown}\`${place}${at}`;
}

/** Joins two paths such as `messages` and `[0].content`. */
export function joinPath(head: string, tail: string): string {
  if (head === '' || tail === '') return head + tail;
  return tail.startsWith('[') ? head + tail : `${head}.${tail}`;
}
