/** Real A2A servers, made with the library's server side, that behave as a test says. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { AgentCard } from '@a2a-js/sdk';
import {
  DefaultRequestHandler,
  InMemoryTaskStore,
  type AgentExecutor,
  type ExecutionEventBus,
  type RequestContext,
} from '@a2a-js/sdk/server';
import { jsonRpcHandler, restHandler, UserBuilder } from '@a2a-js/sdk/server/express';
import { A2AService, grpcService } from '@a2a-js/sdk/server/grpc';
import { LegacyA2AService, legacyGrpcService } from '@a2a-js/sdk/compat/v0_3/server/grpc';
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import express from 'express';
import { A2aReply } from './a2a-reply.ts';

/** How an agent is called: the binding and the version of its only interface. */
export interface A2aKind {
  readonly binding: 'JSONRPC' | 'HTTP+JSON' | 'GRPC';
  readonly version: '1.0' | '0.3';
}

export interface A2aAgentOptions extends A2aKind {
  readonly streaming?: boolean;
  /** Whether the gRPC server is one of the draft of 1.0: that of 0.3 with another way to subscribe to a task. */
  readonly isDraft?: boolean;
  /** Members of the card in place of its own. */
  readonly card?: object;
  /** Whether the card is at the older path. */
  readonly olderPath?: boolean;
  /** Called for each request over HTTP, before it is served; true: it was answered. */
  readonly intercept?: (request: express.Request, response: express.Response) => boolean | undefined;
}

export interface A2aAgent extends AsyncDisposable {
  /** Base URL of the card. */
  readonly url: string;
  /** `host:port` of the gRPC server; empty: there is none. */
  readonly address: string;
  readonly executed: readonly RequestContext[];
  readonly cancelled: readonly string[];
  /** `METHOD /path` and headers of every request over HTTP. */
  readonly requests: ReadonlyArray<{ readonly line: string; readonly headers: Record<string, unknown> }>;
  /** Breaks every HTTP connection. */
  cut(): void;
}

/** Starts an agent; `work` is called once for each message that starts or goes on with a task. */
export async function startA2aAgent(
  options: A2aAgentOptions,
  work: (reply: A2aReply, context: RequestContext) => void | Promise<void>,
): Promise<A2aAgent> {
  const executed: RequestContext[] = [];
  const cancelled: string[] = [];
  const contexts = new Map<string, RequestContext>();
  const executor: AgentExecutor = {
    async execute(context: RequestContext, bus: ExecutionEventBus) {
      executed.push(context);
      contexts.set(context.taskId, context);
      await work(new A2aReply(context, bus), context);
    },
    async cancelTask(taskId: string, bus: ExecutionEventBus) {
      cancelled.push(taskId);
      const context = contexts.get(taskId);
      if (context !== undefined) new A2aReply(context, bus).status(5);
    },
  };
  const { binding, version, streaming = true } = options;
  const stack = new AsyncDisposableStack();
  const app = express();
  const http = createServer(app);
  const sockets = new Set<Socket>();
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  stack.defer(async () => {
    const closed = once(http, 'close');
    http.close();
    http.closeAllConnections();
    await closed;
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const interfaces = ['JSONRPC', 'HTTP+JSON', 'GRPC'].map((protocolBinding) => ({
    url,
    protocolBinding,
    protocolVersion: version,
  }));
  const about = {
    name: 'Test agent',
    description: 'Is tested.',
    version: '1.4.0',
    skills: [],
    capabilities: { streaming },
  };
  const card = AgentCard.fromJSON({ ...about, supportedInterfaces: interfaces });
  const requestHandler = new DefaultRequestHandler(card, new InMemoryTaskStore(), executor);
  const handlers = { requestHandler, userBuilder: UserBuilder.noAuthentication };
  const address = binding === 'GRPC' ? await startGrpc(options, handlers, stack) : '';
  const requests: Array<{ line: string; headers: Record<string, unknown> }> = [];
  const where = binding === 'GRPC' ? address : binding === 'JSONRPC' ? `${url}/rpc` : `${url}/rest`;
  const declared =
    version === '1.0'
      ? { ...about, supportedInterfaces: [{ url: where, protocolBinding: binding, protocolVersion: '1.0' }] }
      : { ...about, url: where, preferredTransport: binding, protocolVersion: '0.3.0' };
  app.use((request, response, next) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    if (options.intercept?.(request, response) !== true) next();
  });
  const cardPath = options.olderPath === true ? '/.well-known/agent.json' : '/.well-known/agent-card.json';
  app.get(cardPath, (_request, response) => void response.json({ ...declared, ...options.card }));
  const legacy = { legacyCompat: { enabled: version === '0.3' } };
  app.use('/rpc', jsonRpcHandler({ ...handlers, ...legacy }));
  app.use('/rest', restHandler({ ...handlers, ...legacy }));
  return {
    url,
    address,
    executed,
    cancelled,
    requests,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function startGrpc(
  { version, isDraft = false }: A2aAgentOptions,
  handlers: Parameters<typeof grpcService>[0],
  stack: AsyncDisposableStack,
): Promise<string> {
  const server = new Server();
  if (version === '1.0') server.addService(A2AService, grpcService(handlers));
  else server.addService(isDraft ? draftService() : LegacyA2AService, legacyGrpcService(handlers));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  stack.defer(async () => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

/** The messages of the draft have the numbers of 0.3; two methods have other names, which nobody here asks for. */
function draftService(): ServiceDefinition {
  const { taskSubscription: _, getAgentCard: __, ...service } = LegacyA2AService;
  return service;
}
