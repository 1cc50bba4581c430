import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '@skein/contracts/grpc';
import { ERROR_DOMAIN, type ErrorReasonName } from './reason.ts';

/** One wrong field of a request. */
export interface FieldViolation {
  /** Path of the field, such as `nodes.route.input`. */
  readonly field: string;
  /** Why it is wrong and what would be right. */
  readonly description: string;
  /** UPPER_SNAKE_CASE code of the violation. */
  readonly reason: string;
}

/** What an error of Skein says. */
export interface SkeinErrorInit {
  /** Stable reason; see `skein.type.v1.ErrorReason`. */
  readonly reason: ErrorReasonName;
  /** Canonical gRPC code that the reason travels with. */
  readonly code: Code;
  /** What went wrong, for people. */
  readonly message: string;
  /** Where: a field path, an id, an address. */
  readonly place?: string;
  /** What would mend it: a command, a setting, a correction. */
  readonly remedy?: string;
  /** Every wrong field, in the request's order. */
  readonly violations?: readonly FieldViolation[];
  /** Least time to wait before a retry, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The error underneath; logged, never sent. */
  readonly cause?: unknown;
}

/** Makes the error that every transport carries with all its details. */
export function skeinError(init: SkeinErrorInit): ConnectError {
  const metadata: Record<string, string> = {};
  if (init.place !== undefined) metadata['place'] = init.place;
  if (init.remedy !== undefined) metadata['remedy'] = init.remedy;
  const details: ConstructorParameters<typeof ConnectError>[3] = [
    { desc: ErrorInfoSchema, value: { reason: init.reason, domain: ERROR_DOMAIN, metadata } },
  ];
  if (init.violations !== undefined && init.violations.length > 0) {
    const fieldViolations = init.violations.map(({ field, description, reason }) => ({
      field,
      description,
      reason,
    }));
    details.push({ desc: BadRequestSchema, value: { fieldViolations } });
  }
  if (init.retryAfterMs !== undefined) {
    const seconds = Math.floor(init.retryAfterMs / 1000);
    const retryDelay = {
      seconds: BigInt(seconds),
      nanos: Math.round((init.retryAfterMs - seconds * 1000) * 1e6),
    };
    details.push({ desc: RetryInfoSchema, value: { retryDelay } });
  }
  return new ConnectError(init.message, init.code, undefined, details, init.cause);
}

/** An error as its reader needs it, whatever transport it came over. */
export interface ErrorDescription {
  readonly code: Code;
  /** `INTERNAL` where the error gave no reason of its own. */
  readonly reason: string;
  readonly message: string;
  readonly place: string;
  readonly remedy: string;
  readonly violations: readonly FieldViolation[];
  readonly retryAfterMs: number | undefined;
}

/** Reads the details out of any thrown value. */
export function describeError(error: unknown): ErrorDescription {
  const connectError = ConnectError.from(error, Code.Internal);
  const info = findDetail(connectError, ErrorInfoSchema);
  const retry = findDetail(connectError, RetryInfoSchema);
  const delay = retry?.retryDelay;
  return {
    code: connectError.code,
    reason: info?.reason || defaultReason(connectError.code),
    message: connectError.rawMessage,
    place: info?.metadata['place'] ?? '',
    remedy: info?.metadata['remedy'] ?? '',
    violations: findDetail(connectError, BadRequestSchema)?.fieldViolations ?? [],
    retryAfterMs: delay === undefined ? undefined : Number(delay.seconds) * 1000 + delay.nanos / 1e6,
  };
}

/** The stable reason of any thrown value; `INTERNAL` where it gave none. */
export function reasonOf(error: unknown): string {
  return describeError(error).reason;
}

type DetailSchema = typeof ErrorInfoSchema | typeof RetryInfoSchema | typeof BadRequestSchema;

/** connect's own findDetails reads details that came over a wire; one thrown in this process still holds its init. */
function findDetail<Schema extends DetailSchema>(error: ConnectError, schema: Schema) {
  for (const detail of error.details) {
    if ('desc' in detail && detail.desc.typeName === schema.typeName) return create(schema, detail.value as never);
  }
  return error.findDetails<Schema>(schema)[0];
}

/** Errors made below us (a refused connection, a deadline) still deserve a reason people can look up. */
function defaultReason(code: Code): ErrorReasonName {
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
