/** A request that cannot be served, as the caller is told. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  /** HTTP status: 4xx, or 500. */
  readonly status: number;
  /** Stable UPPER_SNAKE_CASE code. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
