import type { JsonObject } from '@bufbuild/protobuf';
import type { ErrorReason } from '@skein/contracts/type';

/** A reason that Skein itself gives. */
export type FailureReason = Exclude<keyof typeof ErrorReason, 'UNSPECIFIED'>;

/** Why a task has no output; `skein.type.v1.Failure` in this service's terms. */
export interface CallFailure {
  /** A reason of Skein, or the code that an agent gave. */
  readonly code: string;
  readonly message: string;
  /** Where: an agent and its address, a field path. */
  readonly place: string;
  /** What would mend it. Empty: unknown. */
  readonly remedy: string;
  /** Whether the same attempt may succeed later. */
  readonly retryable: boolean;
  /** Least time to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly details?: JsonObject | undefined;
  /** Nothing can have reached whoever was called. Undefined: something may have. */
  readonly isUnsent?: boolean | undefined;
}

/** A call that failed in a way that is understood. Whether it is worth repeating is part of it. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly failure: CallFailure;

  constructor(failure: CallFailure, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}

/** Everything but the code, which says itself whether a retry can help. */
export interface FailureText {
  readonly message: string;
  readonly place: string;
  readonly remedy?: string;
  readonly retryAfterMs?: number | undefined;
  readonly details?: JsonObject | undefined;
  readonly isUnsent?: boolean | undefined;
  readonly cause?: unknown;
}

/** A failure that another attempt may get over. */
export function passing(code: FailureReason, text: FailureText): CallError {
  return failed(code, true, text);
}

/** A failure that no attempt gets over until somebody mends something. */
export function lasting(code: FailureReason, text: FailureText): CallError {
  return failed(code, false, text);
}

/** A failure whose code and retryability an agent decided. */
export function failed(code: string, retryable: boolean, text: FailureText): CallError {
  const { message, place, remedy = '', retryAfterMs, details, isUnsent, cause } = text;
  return new CallError({ code, message, place, remedy, retryable, retryAfterMs, details, isUnsent }, cause);
}

/** The failure in whatever was thrown; what nobody foresaw is a defect of ours. */
export function failureOf(error: unknown): CallFailure {
  if (error instanceof CallError) return error.failure;
  return {
    code: 'INTERNAL',
    message: `a defect of the executor: ${error instanceof Error ? error.message : String(error)}`,
    place: 'executor',
    remedy: 'the log of the executor has the details under the trace id',
    retryable: true,
  };
}

const MAX_CODE_CHARS = 64;

/** A code that an agent gave, in the form that `retry.non_retryable` is matched against; `fallback` where it gave none. */
export function agentCode(given: unknown, fallback: string): string {
  if (typeof given !== 'string' && typeof given !== 'number') return fallback;
  const code = String(given)
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z\d]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase()
    .slice(0, MAX_CODE_CHARS);
  return code === '' ? fallback : code;
}
