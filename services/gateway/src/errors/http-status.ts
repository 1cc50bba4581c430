import { Code } from '@connectrpc/connect';

/** A gRPC code as REST says it. */
export interface HttpStatus {
  /** Canonical name, such as `NOT_FOUND`. */
  readonly name: string;
  readonly status: number;
}

/** Google's mapping, but 409 for FAILED_PRECONDITION: what is asked for conflicts with the state of the thing. */
export const HTTP_STATUSES: Readonly<Record<Code, HttpStatus>> = {
  [Code.Canceled]: { name: 'CANCELLED', status: 499 },
  [Code.Unknown]: { name: 'UNKNOWN', status: 500 },
  [Code.InvalidArgument]: { name: 'INVALID_ARGUMENT', status: 400 },
  [Code.DeadlineExceeded]: { name: 'DEADLINE_EXCEEDED', status: 504 },
  [Code.NotFound]: { name: 'NOT_FOUND', status: 404 },
  [Code.AlreadyExists]: { name: 'ALREADY_EXISTS', status: 409 },
  [Code.PermissionDenied]: { name: 'PERMISSION_DENIED', status: 403 },
  [Code.ResourceExhausted]: { name: 'RESOURCE_EXHAUSTED', status: 429 },
  [Code.FailedPrecondition]: { name: 'FAILED_PRECONDITION', status: 409 },
  [Code.Aborted]: { name: 'ABORTED', status: 409 },
  [Code.OutOfRange]: { name: 'OUT_OF_RANGE', status: 400 },
  [Code.Unimplemented]: { name: 'UNIMPLEMENTED', status: 501 },
  [Code.Internal]: { name: 'INTERNAL', status: 500 },
  [Code.Unavailable]: { name: 'UNAVAILABLE', status: 503 },
  [Code.DataLoss]: { name: 'DATA_LOSS', status: 500 },
  [Code.Unauthenticated]: { name: 'UNAUTHENTICATED', status: 401 },
};

/** Reasons that HTTP has a word of its own for. */
const STATUS_BY_REASON: Readonly<Record<string, number>> = {
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
};

/** The status of an error. */
export function statusOf(code: Code, reason: string): number {
  return STATUS_BY_REASON[reason] ?? HTTP_STATUSES[code].status;
}
