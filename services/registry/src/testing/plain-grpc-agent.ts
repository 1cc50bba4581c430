import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { GetCardRequestSchema, GetCardResponseSchema } from '@skein/contracts/agent';
import { HealthCheckRequestSchema } from '@skein/contracts/grpc';

/** A gRPC agent with nothing but its own service, as a newcomer writes it. */
export interface PlainGrpcAgent extends AsyncDisposable {
  readonly address: string;
  /** Calls of GetCard so far. */
  readonly cardReads: () => number;
}

/**
 * Starts an agent that answers GetCard alone. `health`: without it there is no health service; `unknown`: there is one
 * that knows nothing of the agent.
 */
export async function startPlainGrpcAgent(health: 'none' | 'unknown' = 'none'): Promise<PlainGrpcAgent> {
  let cardReads = 0;
  const server = new Server();
  const getCard = {
    path: '/skein.agent.v1.AgentService/GetCard',
    requestStream: false,
    responseStream: false,
    requestDeserialize: (bytes: Buffer) => fromBinary(GetCardRequestSchema, bytes),
    requestSerialize: () => Buffer.alloc(0),
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  };
  server.addService(
    { getCard },
    {
      getCard(_call: unknown, callback: (error: null, answer: Buffer) => void) {
        cardReads += 1;
        const card = { agentId: 'plain', version: '2.0.0', name: 'Plain' };
        callback(null, Buffer.from(toBinary(GetCardResponseSchema, create(GetCardResponseSchema, { card }))));
      },
    },
  );
  if (health === 'unknown') addHealthService(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    cardReads: () => cardReads,
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}

function addHealthService(server: Server): void {
  const check = {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestDeserialize: (bytes: Buffer) => fromBinary(HealthCheckRequestSchema, bytes),
    requestSerialize: () => Buffer.alloc(0),
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  };
  server.addService(
    { check },
    {
      check(_call: unknown, callback: (error: object) => void) {
        callback({ code: status.NOT_FOUND, details: 'unknown service' });
      },
    },
  );
}
