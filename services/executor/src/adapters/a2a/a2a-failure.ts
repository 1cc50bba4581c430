/** What went wrong between us and an A2A agent, in any binding and version. */
import { A2AError, A2A_ERROR_CODE, isJsonRpcError, isRestError } from '@a2a-js/sdk/errors';
import { isGrpcError } from '@a2a-js/sdk/errors/grpc';
import { status, type ServiceError } from '@grpc/grpc-js';
import { fromGrpcStatus } from '@skein/rpc';
import { CallError, failed, lasting, passing } from '../../domain/call-failure.ts';
import { tooLarge } from '../../domain/output-limit.ts';
import { grpcFailure } from '../grpc/grpc-failure.ts';

/** Errors of the protocol that are not the last word: another version of the card, or another try, may do. */
const PASSING_REASONS: ReadonlySet<string> = new Set(['INVALID_AGENT_RESPONSE', 'VERSION_NOT_SUPPORTED']);
/** What the protocol calls an error that it has no name for. */
const UNNAMED = 'INTERNAL_ERROR';
const UNTRANSLATABLE: ReadonlySet<string> = new Set(['INVALID_PARAMS', 'INVALID_AGENT_RESPONSE', UNNAMED]);
const TOO_LARGE = /maximum allowed size/;

/** The agent does not know the task. */
export function isUnknownTask(thrown: unknown): boolean {
  const error = a2aErrorIn(thrown);
  if (isA2aError(error)) return error.reason === 'TASK_NOT_FOUND' || grpcCodeOf(error) === status.NOT_FOUND;
  return error instanceof CallError && error.failure.details?.['http_status'] === 404;
}

/** The agent has no such operation: nothing was done, and another way may be taken. */
export function isRefusedOperation(thrown: unknown): boolean {
  const error = a2aErrorIn(thrown);
  if (error instanceof CallError) return [404, 405, 501].includes(Number(error.failure.details?.['http_status']));
  if (!isA2aError(error)) return false;
  if (error.reason === 'UNSUPPORTED_OPERATION' || grpcCodeOf(error) === status.UNIMPLEMENTED) return true;
  return isJsonRpcError(error) && error.envelopeCode === A2A_ERROR_CODE.METHOD_NOT_FOUND;
}

/** The failure that an error of a call stands for. */
export function a2aFailure(thrown: unknown, place: string): CallError {
  const error = a2aErrorIn(thrown);
  if (error instanceof CallError) return error;
  if (isA2aError(error)) return named(error, place);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (TOO_LARGE.test(message)) return tooLarge(place);
  return violation(`the agent does not answer as an A2A agent: ${message}`, place, thrown);
}

/** The same failure, of a call that is known to have sent nothing, or not known to. */
export function asSent(thrown: unknown, place: string, isUnsent: boolean): CallError {
  const { failure, cause } = a2aFailure(thrown, place);
  return new CallError({ ...failure, isUnsent }, cause);
}

/** An answer that the protocol does not allow. */
export const violation = (message: string, place: string, cause?: unknown): CallError =>
  passing('AGENT_PROTOCOL_VIOLATION', {
    message,
    place,
    remedy: 'check that the agent card says what the agent speaks',
    cause,
  });

function named(error: A2AError, place: string): CallError {
  const { reason, message } = error;
  if (isJsonRpcError(error) && error.envelopeCode === A2A_ERROR_CODE.METHOD_NOT_FOUND) {
    return violation(`the agent does not know the method, whatever its card says: ${message}`, place, error);
  }
  const isAnswer = isJsonRpcError(error) || isRestError(error) || isGrpcError(error);
  // The library's own words about an answer that it cannot translate.
  if (!isAnswer && UNTRANSLATABLE.has(reason)) {
    return violation(`the agent does not answer as an A2A agent: ${message}`, place, error);
  }
  if (reason !== UNNAMED) {
    const text = { message: `the agent answers ${reason}: ${message}`, place, cause: error };
    return failed(reason, PASSING_REASONS.has(reason), { ...text, remedy: 'see what the agent card promises' });
  }
  if (isGrpcError(error) && isServiceError(error.cause)) return grpcFailure(fromGrpcStatus(error.cause), place);
  const isLasting = isRestError(error) && error.statusCode < 500 && error.statusCode !== 429;
  const text = { message, place, remedy: 'see the log of the agent', cause: error };
  return isLasting ? lasting('AGENT_ERROR_STATUS', text) : passing('AGENT_ERROR_STATUS', text);
}

/** Every entry of the library has classes of its own; they know each other by a brand, which `instanceof` asks for. */
function isA2aError(error: unknown): error is A2AError {
  return error instanceof A2AError;
}

function grpcCodeOf(error: A2AError): number | undefined {
  return isGrpcError(error) && isServiceError(error.cause) ? error.cause.code : undefined;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
}

/** What was thrown, or what it was wrapped around: an error within a stream comes as the cause of a plain one. */
function a2aErrorIn(thrown: unknown): unknown {
  if (isA2aError(thrown) || thrown instanceof CallError || !(thrown instanceof Error)) return thrown;
  return thrown.cause ?? thrown;
}
