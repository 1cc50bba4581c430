import type { DescService } from '@bufbuild/protobuf';
import { Code, ConnectError, type CallOptions, type Client } from '@connectrpc/connect';
import { skeinError } from '@skein/rpc';

/** Time that a client should let pass before it tries again, in milliseconds. */
const RETRY_AFTER_MS = 1000;

type Unary = (request: object, options?: CallOptions) => Promise<unknown>;
/** A request, or the requests of a stream. */
type Streaming = (request: object, options?: CallOptions) => AsyncIterable<unknown>;

/** A client whose errors say which service is away, where the transport only knows that nobody answered. */
export function explainOutage<Service extends DescService>(
  service: Service,
  name: string,
  client: Client<Service>,
): Client<Service> {
  const explained: Record<string, Unary | Streaming> = {};
  for (const { localName, methodKind } of service.methods) {
    const call = (client as Record<string, unknown>)[localName];
    if (methodKind === 'unary') {
      explained[localName] = (request, options) =>
        (call as Unary)(request, options).catch((error: unknown) => {
          throw explain(error, name);
        });
    } else {
      explained[localName] = (request, options) => explainStream((call as Streaming)(request, options), name);
    }
  }
  return explained as Client<Service>;
}

async function* explainStream(items: AsyncIterable<unknown>, name: string): AsyncIterable<unknown> {
  try {
    yield* items;
  } catch (error) {
    throw explain(error, name);
  }
}

function explain(error: unknown, name: string): unknown {
  if (!(error instanceof ConnectError) || error.code !== Code.Unavailable || error.details.length > 0) return error;
  return skeinError({
    reason: 'SERVICE_UNAVAILABLE',
    code: Code.Unavailable,
    message: `${name} does not answer`,
    place: name,
    remedy: `try again; if it lasts, \`skein doctor\` says why ${name} is away`,
    retryAfterMs: RETRY_AFTER_MS,
    cause: error,
  });
}
