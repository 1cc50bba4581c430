import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import type { DescService } from '@bufbuild/protobuf';
import { UnredeemedClaimError } from '@skein/events';
import { isUnreachable } from '@skein/postgres';
import { skeinError } from '@skein/rpc';
import { ObjectStoreError } from '../app/payloads/object-store.ts';
import { RunBusyError, RunSetAsideError } from '../app/run-errors.ts';

/** Told of errors that nobody foresaw. */
export type OnDefect = (rpc: string, error: unknown) => void;

/**
 * Wraps the methods of an implementation that answer one request so that whatever they throw has a reason people can look
 * up. Streams that go both ways see to it themselves.
 */
export function withTypedErrors<Service extends DescService>(
  service: Service,
  implementation: ServiceImpl<Service>,
  onDefect: OnDefect,
): ServiceImpl<Service> {
  const wrapped: Record<string, unknown> = { ...implementation };
  for (const method of service.methods) {
    const rpc = `${service.typeName}/${method.name}`;
    if (method.methodKind === 'server_streaming') {
      const stream = wrapped[method.localName] as (...args: unknown[]) => AsyncIterable<unknown>;
      wrapped[method.localName] = (...args: unknown[]) => typedStream(stream(...args), rpc, onDefect);
    }
    if (method.methodKind !== 'unary') continue;
    const handler = wrapped[method.localName] as (...args: unknown[]) => unknown;
    wrapped[method.localName] = async (...args: unknown[]) => {
      try {
        return await handler(...args);
      } catch (error) {
        throw typed(error, rpc, onDefect);
      }
    };
  }
  return wrapped as ServiceImpl<Service>;
}

async function* typedStream(items: AsyncIterable<unknown>, rpc: string, onDefect: OnDefect): AsyncIterable<unknown> {
  try {
    yield* items;
  } catch (error) {
    throw typed(error, rpc, onDefect);
  }
}

/** What was thrown, with a reason people can look up. */
export function typed(error: unknown, rpc: string, onDefect: OnDefect): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof RunBusyError) {
    return skeinError({
      reason: 'RUN_BUSY',
      code: Code.ResourceExhausted,
      message: error.message,
      remedy: 'try again in a moment',
      retryAfterMs: 1000,
      cause: error,
    });
  }
  if (error instanceof RunSetAsideError) {
    return skeinError({
      reason: 'INTERNAL',
      code: Code.FailedPrecondition,
      message: `the run waits for an operator: ${error.message}`,
      remedy: 'see the log of the scheduler',
      cause: error,
    });
  }
  if (error instanceof UnredeemedClaimError) {
    return skeinError({
      reason: 'PAYLOAD_UNAVAILABLE',
      code: Code.DataLoss,
      message: 'the text of a large payload of the run is gone',
      remedy: '`skein doctor` says what else is missing; restore it from a backup',
      cause: error,
    });
  }
  if (error instanceof ObjectStoreError) {
    return skeinError({
      reason: 'SERVICE_UNAVAILABLE',
      code: Code.Unavailable,
      message: error.message,
      remedy: 'try again; `skein doctor` says what is down',
      retryAfterMs: 1000,
      cause: error,
    });
  }
  onDefect(rpc, error);
  if (isUnreachable(error)) {
    return skeinError({
      reason: 'SERVICE_UNAVAILABLE',
      code: Code.Unavailable,
      message: 'the database does not answer',
      remedy: 'try again; `skein doctor` says what is down',
      retryAfterMs: 1000,
      cause: error,
    });
  }
  return skeinError({
    reason: 'INTERNAL',
    code: Code.Internal,
    message: 'a defect of the scheduler; its log has the details',
    remedy: 'report it with the trace id',
    cause: error,
  });
}
