import { createClient, type Client, type Transport } from '@connectrpc/connect';
import { LlmService } from '@skein/contracts/llm';
import type { HostedService } from '@skein/host';
import { directTransport, grpcTransport, startGrpcServer } from '@skein/rpc';
import { testDatabase, type TestDatabase } from '@skein/testkit';
import { pino } from 'pino';
import { createLlmProxyService, type LlmProxyOptions } from '../service.ts';

/** How a test reaches its proxy. */
export const TRANSPORTS = ['direct', 'grpc'] as const;
export type TransportKind = (typeof TRANSPORTS)[number];

/** A proxy that runs. */
export interface RunningProxy extends AsyncDisposable {
  readonly client: Client<typeof LlmService>;
  readonly service: HostedService;
}

/** A proxy on a real Postgres. */
export interface LlmRig extends RunningProxy {
  readonly database: TestDatabase;
  /** Starts one more proxy on the same database; it ends with the rig, or before. */
  another(): Promise<RunningProxy>;
}

/** What a test wants of its proxy. */
export type RigOptions = Omit<LlmProxyOptions, 'databaseUrl' | 'logger'> & {
  readonly transport?: TransportKind;
  readonly logger?: LlmProxyOptions['logger'];
};

/** Starts a proxy on a database of its own. */
export async function llmRig(options: RigOptions = {}): Promise<LlmRig> {
  await using cleanup = new AsyncDisposableStack();
  const database = cleanup.use(await testDatabase());
  const { client, service } = cleanup.use(await startProxy(database.url, options));
  const stopping = cleanup.move();
  return {
    client,
    service,
    database,
    another: async () => stopping.use(await startProxy(database.url, options)),
    [Symbol.asyncDispose]: () => stopping[Symbol.asyncDispose](),
  };
}

async function startProxy(databaseUrl: string, options: RigOptions): Promise<RunningProxy> {
  await using cleanup = new AsyncDisposableStack();
  const { transport: kind = 'direct', logger = pino({ level: 'silent' }), ...rest } = options;
  const service = cleanup.use(await createLlmProxyService({ databaseUrl, logger, ...rest }));
  const transport = await openTransport(service, kind, cleanup);
  const stopping = cleanup.move();
  return {
    service,
    client: createClient(LlmService, transport),
    [Symbol.asyncDispose]: () => stopping[Symbol.asyncDispose](),
  };
}

async function openTransport(
  { bindings }: HostedService,
  kind: TransportKind,
  cleanup: AsyncDisposableStack,
): Promise<Transport> {
  if (kind === 'direct') return directTransport(bindings);
  const server = await startGrpcServer({ port: 0, bindings });
  cleanup.defer(() => server.close(0));
  return cleanup.use(grpcTransport({ address: server.address }));
}
