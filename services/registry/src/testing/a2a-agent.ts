/** A2A agents of a test, made by hand: as much of one as a registry looks at. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { IncomingMessage } from 'node:http';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { A2AService, OlderA2aService } from '@skein/contracts/a2a';
import { sendJson, startHttpAgent, type TestHttpAgent } from './http-agent.ts';

/** What every card of these agents says. */
export const A2A_ABOUT = {
  name: 'Card holder',
  description: 'Has a card.',
  version: '2.1.0',
  capabilities: {},
  skills: [{ id: 'sort', name: 'sort', description: 'Sorts.', tags: ['order'] }],
};

export interface HttpA2aOptions {
  /** The card, made for the URL of the agent. */
  readonly card: (url: string) => object;
  /** Answers a JSON-RPC method; default: -32001 for GetTask, else -32601. */
  readonly codeOf?: (method: string) => number;
}

/** Starts an agent with a card and no health path, which answers JSON-RPC at /rpc and REST everywhere else. */
export async function startHttpA2aAgent({ card, codeOf = knows('GetTask') }: HttpA2aOptions): Promise<TestHttpAgent> {
  const agent = await startHttpAgent((request, response) => {
    const path = request.url ?? '';
    if (path === '/.well-known/agent-card.json') return sendJson(response, 200, card(agent.url));
    if (path === '/rpc') {
      return void methodOf(request).then((method) =>
        sendJson(response, 200, { jsonrpc: '2.0', id: 1, error: { code: codeOf(method), message: method } }),
      );
    }
    if (/\/tasks\/[^/]+$/.test(path)) return sendJson(response, 404, { error: { code: 404, status: 'NOT_FOUND' } });
    response.writeHead(404, { 'content-type': 'text/html' }).end('<p>nothing here</p>');
  });
  return agent;
}

/** An agent that knows one method, and no task. */
export const knows =
  (known: string) =>
  (method: string): number =>
    method === known ? -32_001 : -32_601;

async function methodOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return (JSON.parse(Buffer.concat(chunks).toString()) as { method: string }).method;
}

export interface GrpcA2aAgent extends AsyncDisposable {
  readonly address: string;
}

/** Starts a gRPC server with one of the A2A services; a card is answered by the method named. */
export async function startGrpcA2aAgent(
  service: 'current' | 'older',
  cardMethod: 'GetAgentCard' | 'GetExtendedAgentCard' | 'none',
): Promise<GrpcA2aAgent> {
  const { typeName, methods } = service === 'current' ? A2AService : OlderA2aService;
  const server = new Server();
  const wire = (name: string) => ({
    path: `/${typeName}/${name}`,
    requestStream: false,
    responseStream: false,
    requestDeserialize: (bytes: Buffer) => bytes,
    requestSerialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  });
  const card = methods.find(({ name }) => name === 'GetExtendedAgentCard')?.output;
  const notFound = (_call: unknown, callback: (error: object) => void) =>
    callback({ code: status.NOT_FOUND, details: 'no such task' });
  server.addService({ GetTask: wire('GetTask') }, { GetTask: notFound });
  if (card !== undefined && cardMethod !== 'none') {
    const bytes = Buffer.from(toBinary(card, create(card, A2A_ABOUT as never)));
    const answer = (_call: unknown, callback: (error: null, answer: Buffer) => void) => callback(null, bytes);
    server.addService({ [cardMethod]: wire(cardMethod) }, { [cardMethod]: answer });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}
