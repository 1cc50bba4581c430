import { Code, ConnectError } from '@connectrpc/connect';
import { isUnreachable } from '@skein/postgres';
import { skeinError } from '@skein/rpc';
import { MessageIdReusedError, MessageNotFoundError } from '../app/messages/message-errors.ts';
import { HistoryUnavailableError, PayloadLostError, RunNotFoundError } from '../app/event-log-errors.ts';
import { InvalidCursorError } from '../domain/position.ts';

/** Told of errors that nobody foresaw. */
export type OnDefect = (rpc: string, error: unknown) => void;

/** What was thrown, as whoever called is told it: with a reason people can look up. */
export function answerFor(error: unknown, rpc: string, onDefect: OnDefect): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof RunNotFoundError) {
    return skeinError({
      reason: 'RUN_NOT_FOUND',
      code: Code.NotFound,
      message: error.message,
      place: error.run.runId,
      remedy: 'see `skein runs list`, and give the namespace that the run was started in',
      cause: error,
    });
  }
  if (error instanceof MessageNotFoundError) {
    return skeinError({
      reason: 'MESSAGE_NOT_FOUND',
      code: Code.NotFound,
      message: error.message,
      place: error.messageId,
      remedy: 'see `skein messages list`; an answer needs a message whose sender is named, or somebody to send it to',
      cause: error,
    });
  }
  if (error instanceof MessageIdReusedError) {
    return skeinError({
      reason: 'MESSAGE_ID_REUSED',
      code: Code.AlreadyExists,
      message: error.message,
      place: error.messageId,
      remedy: 'give every message an id of its own, or none',
      cause: error,
    });
  }
  if (error instanceof InvalidCursorError) {
    return skeinError({
      reason: 'INVALID_CURSOR',
      code: Code.InvalidArgument,
      message: `the cursor or page token cannot be used: ${error.message}`,
      remedy: 'leave it out to begin at the first event, or give the last one received for the same request',
      cause: error,
    });
  }
  if (error instanceof PayloadLostError) {
    return skeinError({
      reason: 'PAYLOAD_UNAVAILABLE',
      code: Code.DataLoss,
      message: error.message,
      remedy: 'list the other events with `event_names`; `skein doctor` says what else is missing',
      cause: error,
    });
  }
  if (error instanceof HistoryUnavailableError)
    return unavailable(`${error.message}; the scheduler does not answer`, error);
  onDefect(rpc, error);
  if (isUnreachable(error)) return unavailable('the database does not answer', error);
  return skeinError({
    reason: 'INTERNAL',
    code: Code.Internal,
    message: 'a defect of event-log; its log has the details',
    remedy: 'report it with the trace id',
    cause: error,
  });
}

function unavailable(message: string, cause: unknown): ConnectError {
  return skeinError({
    reason: 'SERVICE_UNAVAILABLE',
    code: Code.Unavailable,
    message,
    remedy: 'try again; `skein doctor` says what is down',
    retryAfterMs: 1000,
    cause,
  });
}
