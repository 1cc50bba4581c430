/** Contracts served as they are: every call goes on to the service behind, with its deadline, signal and errors. */
import type { DescService } from '@bufbuild/protobuf';
import type { CallOptions, Client, HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { OpenStreams } from '../edge/open-streams.ts';
import { SESSION_HEADER } from '../upstream/worker-transport.ts';
import { stopping } from '../errors/invalid-request.ts';

type Unary = (request: object, options: CallOptions) => Promise<unknown>;
/** A request, or the requests of a stream. */
type Streaming = (request: object, options: CallOptions) => AsyncIterable<unknown>;

/** Metadata that goes on with a call. */
const FORWARDED = [SESSION_HEADER];

/** Implements a service by its client; the methods of `internal` are left out and answer UNIMPLEMENTED. */
export function forward<Service extends DescService>(
  service: Service,
  client: Client<Service>,
  streams: OpenStreams,
  internal: readonly (keyof Client<Service> & string)[] = [],
): Partial<ServiceImpl<Service>> {
  const methods: Record<string, unknown> = {};
  for (const { localName, methodKind } of service.methods) {
    if (internal.some((name) => name === localName)) continue;
    const call = (client as Record<string, unknown>)[localName];
    methods[localName] =
      methodKind === 'unary'
        ? (request: object, handler: HandlerContext) => (call as Unary)(request, optionsOf(handler, handler.signal))
        : (request: object, handler: HandlerContext) => forwardStream(call as Streaming, request, handler, streams);
  }
  return methods as Partial<ServiceImpl<Service>>;
}

async function* forwardStream(
  call: Streaming,
  request: object,
  handler: HandlerContext,
  streams: OpenStreams,
): AsyncIterable<unknown> {
  using _open = streams.open('rpc');
  // Leaving the loop does not end the call behind; only its signal does.
  const left = new AbortController();
  const signal = AbortSignal.any([handler.signal, streams.stopping, left.signal]);
  try {
    yield* call(request, optionsOf(handler, signal));
  } catch (error) {
    throw streams.stopping.aborted ? stopping() : error;
  } finally {
    left.abort();
  }
}

function optionsOf({ timeoutMs, requestHeader }: HandlerContext, signal: AbortSignal): CallOptions {
  const left = timeoutMs();
  const headers = FORWARDED.flatMap((name) => {
    const value = requestHeader.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  return {
    signal,
    ...(left === undefined ? {} : { timeoutMs: left }),
    ...(headers.length === 0 ? {} : { headers }),
  };
}
