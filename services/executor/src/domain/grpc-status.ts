/** Statuses of gRPC as failures name them. */
import { Code } from '@connectrpc/connect';

/** Statuses after which another attempt may do better. */
export const RETRIED: ReadonlySet<Code> = new Set([
  Code.Unavailable,
  Code.ResourceExhausted,
  Code.Aborted,
  Code.Internal,
  Code.Unknown,
  Code.DeadlineExceeded,
]);

/** A code as gRPC writes it, such as `RESOURCE_EXHAUSTED`. */
export function statusName(code: Code): string {
  const name = Code[code] ?? 'Unknown';
  return name === 'Canceled' ? 'CANCELLED' : name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
