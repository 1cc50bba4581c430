import { Code, ConnectError } from '@connectrpc/connect';
import { isUnreachable } from '@skein/postgres';
import { skeinError } from '@skein/rpc';
import {
  AnswerTimeoutError,
  KeyReusedError,
  ModelNotFoundError,
  OutputSchemaError,
  ProviderError,
  StoppingError,
} from '../domain/llm-errors.ts';

/** Told of errors that nobody foresaw. */
export type OnDefect = (rpc: string, error: unknown) => void;

/** Wraps a method with one answer, so that whatever it throws has a reason people can look up. */
export function typedAnswer<Args extends unknown[], Answer>(
  rpc: string,
  onDefect: OnDefect,
  method: (...args: Args) => Promise<Answer>,
) {
  return async (...args: Args): Promise<Answer> => {
    try {
      return await method(...args);
    } catch (error) {
      throw typed(error, rpc, onDefect);
    }
  };
}

/** The same for a method with a stream of answers. */
export function typedStream<Args extends unknown[], Answer>(
  rpc: string,
  onDefect: OnDefect,
  method: (...args: Args) => AsyncIterable<Answer>,
) {
  return async function* (...args: Args): AsyncGenerator<Answer> {
    try {
      yield* method(...args);
    } catch (error) {
      throw typed(error, rpc, onDefect);
    }
  };
}

/** What was thrown, with a reason people can look up. */
export function typed(error: unknown, rpc: string, onDefect: OnDefect): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof ProviderError) return providerError(error);
  if (error instanceof OutputSchemaError) return schemaError(error);
  if (error instanceof ModelNotFoundError) {
    return skeinError({
      reason: 'MODEL_NOT_FOUND',
      code: Code.NotFound,
      message: error.message,
      place: 'spec.model',
      remedy: `ask one of ${error.known.join(', ')}, or configure the model`,
      cause: error,
    });
  }
  if (error instanceof KeyReusedError) {
    return skeinError({
      reason: 'REQUEST_ID_REUSED',
      code: Code.AlreadyExists,
      message: error.message,
      place: 'idempotency_key',
      remedy: 'give every question a key of its own',
      cause: error,
    });
  }
  if (error instanceof AnswerTimeoutError) {
    return skeinError({
      reason: 'TIMEOUT',
      code: Code.DeadlineExceeded,
      message: error.message,
      place: 'spec.timeout',
      remedy: 'give a longer timeout, or raise LLM_TIMEOUT_MS',
      cause: error,
    });
  }
  if (error instanceof StoppingError) {
    return skeinError({
      reason: 'NOT_READY',
      code: Code.Unavailable,
      message: error.message,
      remedy: 'ask again',
      retryAfterMs: 100,
      cause: error,
    });
  }
  return unforeseen(error, rpc, onDefect);
}

function providerError(error: ProviderError): ConnectError {
  const { retryable, place, remedy, retryAfterMs } = error.failure;
  return skeinError({
    reason: 'PROVIDER_ERROR',
    code: retryable ? Code.Unavailable : Code.FailedPrecondition,
    message: error.message,
    place,
    ...(remedy === undefined ? {} : { remedy }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: error,
  });
}

/** The violations name places in the answer, after the field it would have been. */
function schemaError(error: OutputSchemaError): ConnectError {
  return skeinError({
    reason: 'OUTPUT_SCHEMA_VIOLATION',
    code: Code.FailedPrecondition,
    message: error.message,
    place: error.model,
    remedy: 'ask again, simplify output_schema, or ask a model that keeps to it',
    violations: error.violations.map(({ pointer, keyword, message }) => ({
      field: `completion.text${pointer.replaceAll('/', '.')}`,
      description: message,
      reason: keyword.replaceAll(/[A-Z]/g, '_$&').toUpperCase(),
    })),
    cause: error,
  });
}

function unforeseen(error: unknown, rpc: string, onDefect: OnDefect): ConnectError {
  if (isUnreachable(error)) {
    return skeinError({
      reason: 'SERVICE_UNAVAILABLE',
      code: Code.Unavailable,
      message: 'the database of the llm-proxy does not answer',
      remedy: 'try again; `skein doctor` says what is down',
      retryAfterMs: 1000,
      cause: error,
    });
  }
  onDefect(rpc, error);
  return skeinError({
    reason: 'INTERNAL',
    code: Code.Internal,
    message: 'a defect of the llm-proxy; its log has the details',
    remedy: 'report it with the trace id',
    cause: error,
  });
}
