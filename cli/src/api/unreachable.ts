import { Code, ConnectError, type Interceptor } from '@connectrpc/connect';

/** Turns the errors of a connection that could not be made into ones that say which address and what to do. */
export function explainUnreachable(address: string): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      const what = foreignOrAbsent(address, error);
      throw what === undefined ? error : await unavailable(address, what, error);
    }
  };
}

/** What is wrong with the address; undefined where a Skein answered, whose errors carry details. */
function foreignOrAbsent(address: string, error: unknown): string | undefined {
  const { code, rawMessage, details } = ConnectError.from(error);
  if (details.length > 0) return undefined;
  if (code === Code.Unavailable) return `no platform answers at ${address} (${rawMessage})`;
  const isForeign = code === Code.Unimplemented || /HTTP \d{3}|content-type/i.test(rawMessage);
  return isForeign ? `what answers at ${address} is not Skein (${rawMessage})` : undefined;
}

async function unavailable(address: string, message: string, cause: unknown): Promise<ConnectError> {
  // Loaded only when something is wrong: it brings all of gRPC with it.
  const { skeinError } = await import('@skein/rpc');
  return skeinError({
    reason: 'SERVICE_UNAVAILABLE',
    code: Code.Unavailable,
    message,
    place: address,
    remedy:
      'start a platform with `skein dev` or `skein up`, or give the address of one with --api; see `skein doctor`',
    cause,
  });
}
