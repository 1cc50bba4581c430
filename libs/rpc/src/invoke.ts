import { create, isMessage, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { Code, ConnectError, type HandlerContext, type MethodImplSpec } from '@connectrpc/connect';

/** Runs a handler whatever its kind; answers as a stream for streaming kinds. */
export function invokeStreaming(
  spec: MethodImplSpec,
  requests: AsyncIterable<MessageShape<DescMessage>>,
  handlerContext: HandlerContext,
): AsyncIterable<MessageInitShape<DescMessage>> {
  switch (spec.kind) {
    case 'bidi_streaming':
      return spec.impl(requests, handlerContext);
    case 'server_streaming':
      return deferred(async () => spec.impl(await single(requests), handlerContext));
    case 'client_streaming':
      return once(spec.impl(requests, handlerContext));
    case 'unary':
      return deferred(async () => once(Promise.resolve(spec.impl(await single(requests), handlerContext))));
  }
}

/** Completes what a handler returned to a whole message. */
export function complete<Desc extends DescMessage>(desc: Desc, init: MessageInitShape<Desc>): MessageShape<Desc> {
  return isMessage(init, desc) ? init : create(desc, init);
}

/** The one request of a call that takes one. */
export async function single<T>(requests: AsyncIterable<T>): Promise<T> {
  for await (const request of requests) return request;
  throw new ConnectError('the call needs one request message and got none', Code.InvalidArgument);
}

async function* once<T>(value: Promise<T>): AsyncIterable<T> {
  yield await value;
}

async function* deferred<T>(make: () => Promise<AsyncIterable<T>>): AsyncIterable<T> {
  yield* await make();
}
