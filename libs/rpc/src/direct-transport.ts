/**
 * Calls between services of one process: the same typed contract, no bytes.
 *
 * Owns nothing. Messages are handed over as they are, so that neither side may
 * change one after it was sent (D1).
 */
import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import { context } from '@opentelemetry/api';
import { CallContext } from './call-context.ts';
import { CALL_OVER } from './call-over.ts';
import { complete, invokeStreaming } from './invoke.ts';
import type { ServiceBinding } from './service-binding.ts';

/** A transport that calls the bound services of this process. An unbound service answers UNIMPLEMENTED. */
export function directTransport(bindings: readonly ServiceBinding[]): Transport {
  const byName = new Map(bindings.map((binding) => [binding.service.typeName, binding]));
  const specOf = (method: DescMethod) => {
    const spec = byName.get(method.parent.typeName)?.methods[method.localName];
    if (spec === undefined) {
      throw new ConnectError(`${method.parent.typeName} is not served in this process`, Code.Unimplemented);
    }
    return spec;
  };

  return {
    async unary(method, signal, timeoutMs, header, input, contextValues) {
      const spec = specOf(method);
      const call = { method, protocolName: 'direct', requestSignal: signal, timeoutMs, requestHeader: header };
      const handlerContext = new CallContext({ ...call, contextValues });
      try {
        if (spec.kind !== 'unary') throw new ConnectError(`${method.name} is a streaming RPC`, Code.Internal);
        const output = await handlerContext.orOver(spec.impl(complete(method.input, input), handlerContext));
        return {
          stream: false,
          service: method.parent,
          method,
          ...handlerContext.answered,
          message: complete(method.output, output as MessageInitShape<typeof method.output>),
        };
      } catch (error) {
        throw ConnectError.from(error, Code.Internal);
      } finally {
        handlerContext.abort(CALL_OVER);
      }
    },

    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const spec = specOf(method);
      const call = { method, protocolName: 'direct', requestSignal: signal, timeoutMs, requestHeader: header };
      const handlerContext = new CallContext({ ...call, contextValues });
      const requests = completeAll(method.input, input);
      const responses = context.bind(context.active(), () => invokeStreaming(spec, requests, handlerContext))();
      return {
        stream: true,
        service: method.parent,
        method,
        header: handlerContext.responseHeader,
        trailer: handlerContext.responseTrailer,
        message: finishing(method.output, responses, handlerContext),
      };
    },
  };
}

async function* completeAll<Desc extends DescMessage>(desc: Desc, inits: AsyncIterable<MessageInitShape<Desc>>) {
  for await (const init of inits) yield complete(desc, init);
}

/**
 * Ends the call on both sides together: when the caller stops reading, the handler is aborted; and a caller that gives
 * up between two messages, and will never ask for the next, lets go of a handler that waits to be asked.
 */
async function* finishing<Desc extends DescMessage>(
  desc: Desc,
  responses: AsyncIterable<MessageInitShape<DescMessage>>,
  handlerContext: CallContext,
): AsyncGenerator<MessageShape<Desc>> {
  const { signal } = handlerContext;
  const iterator = responses[Symbol.asyncIterator]();
  // Not awaited: a handler that is stuck in its own wait ends when it sees the abort.
  const letGo = () => void iterator.return?.().then(undefined, () => {});
  signal.addEventListener('abort', letGo, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await handlerContext.orOver(iterator.next());
      if (next.done === true) return;
      yield complete(desc, next.value as MessageInitShape<Desc>);
    }
  } catch (error) {
    throw ConnectError.from(error, Code.Internal);
  } finally {
    if (signal.aborted) letGo();
    else handlerContext.abort(CALL_OVER);
  }
}
