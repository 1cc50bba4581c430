import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import type { DescService } from '@bufbuild/protobuf';
import { isUnreachable } from '@skein/postgres';
import { skeinError } from '@skein/rpc';
import { RunBusyError, RunSetAsideError } from '../app/run-errors.ts';

/** Told of errors that nobody foresaw. */
export type OnDefect = (rpc: string, error: unknown) => void;

/** Wraps every unary method of an implementation so that whatever it throws has a reason people can look up. */
export function withTypedErrors<Service extends DescService>(
  service: Service,
  implementation: ServiceImpl<Service>,
  onDefect: OnDefect,
): ServiceImpl<Service> {
  const wrapped: Record<string, unknown> = { ...implementation };
  for (const method of service.methods) {
    if (method.methodKind !== 'unary') continue;
    const handler = wrapped[method.localName] as (...args: unknown[]) => unknown;
    wrapped[method.localName] = async (...args: unknown[]) => {
      try {
        return await handler(...args);
      } catch (error) {
        throw typed(error, `${service.typeName}/${method.name}`, onDefect);
      }
    };
  }
  return wrapped as ServiceImpl<Service>;
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
