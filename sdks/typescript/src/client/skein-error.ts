import { Code, ConnectError } from '@connectrpc/connect';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../gen/google/rpc/error_details_pb.ts';
import type { Failure } from '../gen/skein/type/v1/error_pb.ts';
import { durationMs } from '@bufbuild/protobuf/wkt';

/** One wrong field of a request. */
export interface FieldViolation {
  /** Path of the field, such as `nodes.route.input`. */
  readonly field: string;
  readonly description: string;
}

/** What a SkeinError says. */
export interface SkeinErrorInit {
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly place?: string;
  readonly remedy?: string;
  readonly retryAfterMs?: number | undefined;
  readonly violations?: readonly FieldViolation[];
  readonly cause?: unknown;
}

/** What the platform refused, or why a run failed: one error for all. */
export class SkeinError extends Error {
  override readonly name = 'SkeinError';
  /** The gRPC status it came with, such as `NOT_FOUND`; `FAILED` for a run that did not end well. */
  readonly code: string;
  /** Stable: a value of `skein.type.v1.ErrorReason` such as `RUN_NOT_FOUND`, or the code that an agent gave. */
  readonly reason: string;
  /** Where: a field, an id, an address. Empty: not known. */
  readonly place: string;
  /** What would mend it. Empty: not known. */
  readonly remedy: string;
  /** Least time to wait before a retry, in milliseconds. Undefined: not said. */
  readonly retryAfterMs: number | undefined;
  /** Every wrong field, in the request's order. */
  readonly violations: readonly FieldViolation[];

  constructor(init: SkeinErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.reason = init.reason;
    this.place = init.place ?? '';
    this.remedy = init.remedy ?? '';
    this.retryAfterMs = init.retryAfterMs;
    this.violations = init.violations ?? [];
  }

  /** Whatever a call threw. */
  static from(thrown: unknown): SkeinError {
    if (thrown instanceof SkeinError) return thrown;
    const error = ConnectError.from(thrown);
    const [info] = error.findDetails(ErrorInfoSchema);
    const [retry] = error.findDetails(RetryInfoSchema);
    const violations = error.findDetails(BadRequestSchema).flatMap(({ fieldViolations }) => fieldViolations);
    return new SkeinError({
      code: nameOf(error.code),
      reason: info?.reason || defaultReason(error.code),
      message: error.rawMessage,
      place: info?.metadata['place'] ?? '',
      remedy: info?.metadata['remedy'] ?? '',
      retryAfterMs: retry?.retryDelay === undefined ? undefined : durationMs(retry.retryDelay),
      violations: violations.map(({ field, description }) => ({ field, description })),
      cause: thrown,
    });
  }

  /** Why a run did not end well. */
  static ofFailure({ code, message, place, remedy, retryAfter }: Failure): SkeinError {
    const retryAfterMs = retryAfter === undefined ? undefined : durationMs(retryAfter);
    return new SkeinError({ code: 'FAILED', reason: code, message, place, remedy, retryAfterMs });
  }
}

/** Such as `INVALID_ARGUMENT`. */
function nameOf(code: Code): string {
  const name = Code[code].replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  // gRPC writes it with two L.
  return name === 'CANCELED' ? 'CANCELLED' : name;
}

/** Errors made below the platform (a refused connection, a deadline) have a reason that can be looked up too. */
function defaultReason(code: Code): string {
  switch (code) {
    case Code.InvalidArgument:
      return 'INVALID_FIELD';
    case Code.DeadlineExceeded:
      return 'TIMEOUT';
    case Code.Canceled:
      return 'CANCELLED';
    case Code.Unavailable:
      return 'SERVICE_UNAVAILABLE';
    default:
      return 'INTERNAL';
  }
}
