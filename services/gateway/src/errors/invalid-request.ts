/** Errors that the gateway itself finds in a request, before any service sees it. */
import { Code, type ConnectError } from '@connectrpc/connect';
import { skeinError, type FieldViolation } from '@skein/rpc';

/** One or more fields are not as the document says. */
export function invalidFields(violations: readonly FieldViolation[]): ConnectError {
  const [first] = violations;
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: violations.map(({ field, description }) => `${field}: ${description}`).join('; '),
    ...(first === undefined ? {} : { place: first.field, remedy: first.description }),
    violations,
  });
}

/** One field is not as the document says. */
export function invalidField(field: string, description: string, reason = 'INVALID_VALUE'): ConnectError {
  return invalidFields([{ field, description, reason }]);
}

/** Nothing is served at this path, or not with this method. */
export function routeNotFound(method: string, path: string): ConnectError {
  return skeinError({
    reason: 'ROUTE_NOT_FOUND',
    code: Code.NotFound,
    message: `nothing answers ${method} ${path}`,
    place: path,
    remedy: 'GET /openapi.json lists every path',
  });
}

/** The body is larger than any request may be. */
export function payloadTooLarge(limitBytes: number): ConnectError {
  return skeinError({
    reason: 'PAYLOAD_TOO_LARGE',
    code: Code.InvalidArgument,
    message: `the body is larger than ${limitBytes} bytes`,
    place: 'body',
    remedy: 'send at most 1 MiB of input or definition; put larger values elsewhere and send where they are',
  });
}

/** The body is of a kind that is not read here. */
export function unsupportedMediaType(given: string | undefined, accepted: readonly string[]): ConnectError {
  return skeinError({
    reason: 'UNSUPPORTED_MEDIA_TYPE',
    code: Code.InvalidArgument,
    message: given === undefined ? 'the body has no content type' : `bodies of type ${given} are not read here`,
    place: 'Content-Type',
    remedy: `send ${accepted.join(' or ')} and say so in the header Content-Type`,
  });
}

/** The gateway is going away. */
export function stopping(): ConnectError {
  return skeinError({
    reason: 'NOT_READY',
    code: Code.Unavailable,
    message: 'the gateway is stopping',
    remedy: 'try again; a stream goes on from its last cursor',
    retryAfterMs: 1000,
  });
}

/** A page of another site is behind the request. */
export function foreignRequest(header: string): ConnectError {
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.PermissionDenied,
    message: 'requests on behalf of other sites are refused: nobody is authenticated yet',
    place: header,
    remedy: 'ask from this machine, at 127.0.0.1 or localhost',
  });
}
