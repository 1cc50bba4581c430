import type { MessageInitShape } from '@bufbuild/protobuf';
import { AgentService, type AgentCardSchema } from '@skein/contracts/agent';
import { bind, startGrpcServer, type GrpcServer } from '@skein/rpc';
import type { SelfSigned } from '@skein/testkit';

/** A gRPC agent of a test. */
export interface TestGrpcAgent extends AsyncDisposable {
  readonly address: string;
  readonly server: GrpcServer;
  /** Calls of GetCard so far. */
  readonly cardReads: () => number;
}

/** Starts an agent with a standard health service beside it; port 0 takes a free one. With a certificate, over TLS. */
export async function startGrpcAgent(
  card: MessageInitShape<typeof AgentCardSchema> = {},
  port = 0,
  tls?: SelfSigned,
): Promise<TestGrpcAgent> {
  let cardReads = 0;
  const binding = bind(AgentService, {
    getCard() {
      cardReads += 1;
      return { card: { agentId: 'test-agent', version: '1.4.0', ...card } };
    },
    async *invoke() {
      yield { event: { case: 'result', value: {} } };
    },
    cancel: () => ({}),
  });
  const server = await startGrpcServer({ port, bindings: [binding], ...(tls === undefined ? {} : { tls }) });
  return {
    server,
    address: server.address,
    cardReads: () => cardReads,
    [Symbol.asyncDispose]: () => server.close(0),
  };
}
