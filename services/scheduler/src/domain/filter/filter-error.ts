/** A filter that is none: says where, and what would mend it. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  /** Position of the trouble in the text, in characters, from 1. */
  readonly column: number;
  /** Empty: the message says it all. */
  readonly mend: string;

  constructor(column: number, message: string, mend = '') {
    super(message);
    this.column = column;
    this.mend = mend;
  }
}
