import { create } from '@bufbuild/protobuf';
import { FailureSchema, type Failure as FailureMessage } from '@skein/contracts/type';
import type { Failure } from '@skein/domain';
import { durationOfMs, msOfDuration } from './clock-types.ts';

/** A failure for the wire. */
export function failureToMessage(failure: Failure): FailureMessage {
  const { code, message, place, remedy, retryable, retryAfterMs, details } = failure;
  return create(FailureSchema, {
    code,
    message,
    place,
    remedy,
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfter: durationOfMs(retryAfterMs) }),
    ...(details === undefined ? {} : { details: details as NonNullable<FailureMessage['details']> }),
  });
}

/** A failure from the wire; a missing one is a defect of its sender and says so. */
export function failureFromMessage(message: FailureMessage | undefined): Failure {
  if (message === undefined) {
    return { code: 'INTERNAL', message: 'no failure was given', place: '', remedy: '', retryable: true };
  }
  const { code, place, remedy, retryable, retryAfter, details } = message;
  return {
    code,
    message: message.message,
    place,
    remedy,
    retryable,
    retryAfterMs: msOfDuration(retryAfter),
    details: details,
  };
}
