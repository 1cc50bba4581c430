import { Code, type ConnectError } from '@connectrpc/connect';
import { skeinError, type FieldViolation } from '@skein/rpc';

/** Gathers everything that is wrong with a request, so that its sender mends it in one round. */
export class Violations {
  readonly #found: FieldViolation[] = [];

  /** The field is not as the contract says; `description` says what would be right. */
  add(field: string, description: string, reason = 'INVALID_VALUE'): void {
    this.#found.push({ field, description, reason });
  }

  /** Throws INVALID_FIELD with every violation, if there is one. */
  throwIfAny(): void {
    if (this.#found.length > 0) throw invalidFields(this.#found);
  }
}

/** A request with wrong fields. */
function invalidFields(violations: readonly FieldViolation[]): ConnectError {
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: violations.map(({ field, description }) => `${field}: ${description}`).join('; '),
    place: violations[0]?.field ?? '',
    remedy: violations[0]?.description ?? '',
    violations,
  });
}
