/** Failures of calls, and refusals, in the words of the platform. */
import { finalFailure, type Failure, type SchemaViolation } from '@skein/domain';
import { AgentError } from '../agent/agent-error.ts';
import { SkeinError, type FieldViolation } from '../client/skein-error.ts';

/** A call that failed in a way that is understood. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly failure: Failure;
  /** Whether anybody was called: then the call is on record. */
  readonly wasCalled: boolean;

  constructor(failure: Failure, wasCalled = true) {
    super(failure.message);
    this.failure = failure;
    this.wasCalled = wasCalled;
  }
}

/** What a call threw, as its failure: an AgentError says itself what it is, anything else is UNKNOWN and retryable. */
export function failureOf(thrown: unknown, place: string): Failure {
  if (thrown instanceof CallFailed) return thrown.failure;
  if (thrown instanceof AgentError) {
    const { code, message, retryable, retryAfterMs, details } = thrown;
    return { code, message, place, remedy: '', retryable, retryAfterMs, details };
  }
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return { code: 'UNKNOWN', message, place, remedy: '', retryable: true };
}

/** Nobody was given who could be called. */
export function nobodyGiven(code: string, what: string, place: string, option: string): CallFailed {
  const remedy = `give \`${option}\` in the options`;
  return new CallFailed(finalFailure(code, `${what} was not given`, place, remedy), false);
}

/** Why a run did not end well. */
export function errorOfFailure({ code, message, place, remedy, retryAfterMs }: Failure): SkeinError {
  return new SkeinError({ code: 'FAILED', reason: code, message, place, remedy, retryAfterMs });
}

/** A value breaks the schema that it must satisfy. */
export function schemaBroken(message: string, place: string, violations: readonly SchemaViolation[]): SkeinError {
  return new SkeinError({
    code: 'INVALID_ARGUMENT',
    reason: 'INPUT_SCHEMA_VIOLATION',
    message,
    place,
    remedy: `correct the ${place}`,
    violations: violations.map(({ pointer, message: description }): FieldViolation => {
      return { field: `${place}${pointer}`, description };
    }),
  });
}

/** A request that the run, as it stands, cannot be asked. */
export function refused(reason: string, message: string, place: string, remedy: string): SkeinError {
  return new SkeinError({ code: 'FAILED_PRECONDITION', reason, message, place, remedy });
}
