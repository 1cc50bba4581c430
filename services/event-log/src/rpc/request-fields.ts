import { Code, type ConnectError } from '@connectrpc/connect';
import { skeinError, type FieldViolation } from '@skein/rpc';

const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_PAGE_SIZE = 1000;
const DEFAULT_PAGE_SIZE = 100;

/** One or several fields of a request are not as the contract says. */
export function invalidFields(violations: readonly [FieldViolation, ...FieldViolation[]]): ConnectError {
  const [{ field, description }] = violations;
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: `${field}: ${description}`,
    place: field,
    remedy: description,
    violations,
  });
}

/** One field of a request is not as the contract says. */
export function invalidField(field: string, description: string, reason = 'INVALID_VALUE'): ConnectError {
  return invalidFields([{ field, description, reason }]);
}

/** The namespace of a request; `default` where none is given. */
export function namespaceOf(namespace: string, field = 'namespace'): string {
  if (namespace === '') return 'default';
  if (NAMESPACE.test(namespace)) return namespace;
  throw invalidField(field, 'give 1 to 63 lower-case letters, digits and hyphens');
}

/** A run id. */
export function runIdOf(runId: string, field = 'run_id'): string {
  if (runId === '') throw invalidField(field, 'is required', 'REQUIRED');
  if (!UUID.test(runId)) throw invalidField(field, 'give a UUID such as `skein runs list` shows');
  return runId.toLowerCase();
}

/** A UUID. */
export function uuidOf(id: string, field: string): string {
  if (id === '') throw invalidField(field, 'is required', 'REQUIRED');
  if (!UUID.test(id)) throw invalidField(field, 'give a UUID');
  return id.toLowerCase();
}

/** The size of a page. */
export function pageSizeOf(pageSize: number): number {
  if (pageSize === 0) return DEFAULT_PAGE_SIZE;
  if (pageSize >= 1 && pageSize <= MAX_PAGE_SIZE) return pageSize;
  throw invalidField('page_size', `give 1 to ${MAX_PAGE_SIZE}, or 0 for ${DEFAULT_PAGE_SIZE}`);
}

/** A position in a sequence that begins at 1; 0 is before it. */
export function seqOf(field: string, value: bigint): number {
  if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw invalidField(field, 'give 0 or more');
}
