/** A real gRPC agent that behaves as a test says. */
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { AgentService, type CancelRequest, type InvokeRequest } from '@skein/contracts/agent';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { InvokeResponseSchema } from '@skein/contracts/agent';
import { bind, startGrpcServer } from '@skein/rpc';
import type { SelfSigned } from '@skein/testkit';

export type Step = MessageInitShape<typeof InvokeResponseSchema>;

export interface GrpcAgent extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  readonly invoked: readonly InvokeRequest[];
  readonly headers: readonly Headers[];
  readonly cancelled: readonly CancelRequest[];
  /** Resolves when an Invoke call was cancelled by its caller. */
  readonly callCancelled: Promise<void>;
  /** Cuts all connections and stops. */
  crash(): Promise<void>;
}

/** Starts an agent whose Invoke answers with these steps; with a certificate, over TLS. */
export async function startGrpcAgent(
  invoke: (request: InvokeRequest, context: HandlerContext) => AsyncIterable<Step>,
  tls?: SelfSigned,
): Promise<GrpcAgent> {
  const invoked: InvokeRequest[] = [];
  const headers: Headers[] = [];
  const cancelled: CancelRequest[] = [];
  const callCancelled = Promise.withResolvers<void>();
  const implementation: ServiceImpl<typeof AgentService> = {
    getCard: () => ({ card: { agentId: 'test', version: '1.0.0' } }),
    cancel(request) {
      cancelled.push(request);
      return {};
    },
    async *invoke(request, context) {
      invoked.push(request);
      headers.push(context.requestHeader);
      let ended = false;
      context.signal.addEventListener('abort', () => void (!ended && callCancelled.resolve()));
      yield* invoke(request, context);
      ended = true;
    },
  };
  const server = await startGrpcServer({
    port: 0,
    bindings: [bind(AgentService, implementation)],
    ...(tls === undefined ? {} : { tls }),
  });
  return {
    address: server.address,
    invoked,
    headers,
    cancelled,
    callCancelled: callCancelled.promise,
    crash: () => server.close(0),
    [Symbol.asyncDispose]: () => server.close(0),
  };
}

/** A Result with this text as its output. */
export function resultStep(text: string): Step {
  return { event: { case: 'result', value: { output: { kind: { case: 'stringValue', value: text } } } } };
}

export function deltaStep(text: string): Step {
  return { event: { case: 'delta', value: { text } } };
}
