import { createClient, type Client, type Transport } from '@connectrpc/connect';
import {
  AgentRegistryService,
  AssignmentService,
  CatalogueService,
  DeploymentService,
  RpcRegistryService,
  ToolService,
} from '@skein/contracts/registry';
import type { HostedService } from '@skein/host';
import { directTransport, grpcTransport, startGrpcServer } from '@skein/rpc';
import { testDatabase, type TestDatabase } from '@skein/testkit';
import { pino } from 'pino';
import { createRegistryService, type DeploymentOptions, type ProbeOptions } from '../service.ts';

/** How a test reaches its registry. */
export const TRANSPORTS = ['direct', 'grpc'] as const;
export type TransportKind = (typeof TRANSPORTS)[number];

/** A registry on a real Postgres. */
export interface RegistryRig extends AsyncDisposable {
  readonly client: Client<typeof AgentRegistryService>;
  readonly services: Client<typeof RpcRegistryService>;
  readonly tools: Client<typeof ToolService>;
  readonly deployments: Client<typeof DeploymentService>;
  readonly catalogue: Client<typeof CatalogueService>;
  readonly assignments: Client<typeof AssignmentService>;
  readonly database: TestDatabase;
  readonly service: HostedService;
  /** Starts one more registry on the same database, or by way of `url`; it ends with the rig, or before. */
  another(url?: string): Promise<RunningRegistry>;
}

/** A registry that runs. */
export interface RunningRegistry extends AsyncDisposable {
  readonly client: Client<typeof AgentRegistryService>;
  readonly services: Client<typeof RpcRegistryService>;
  readonly tools: Client<typeof ToolService>;
  readonly deployments: Client<typeof DeploymentService>;
  readonly catalogue: Client<typeof CatalogueService>;
  readonly assignments: Client<typeof AssignmentService>;
  readonly service: HostedService;
}

/** What a test wants of its registry. */
export interface RigOptions {
  readonly transport?: TransportKind;
  /** Default: probes often enough not to be waited for. */
  readonly probe?: ProbeOptions;
  readonly deployments?: DeploymentOptions;
  /** Path of a file of agents; it is looked at every 20 ms. */
  readonly agentsFile?: string;
  /** Path of a file with certificates that probes trust. Default: none. */
  readonly agentCaFile?: string;
  /** The way to executors, by their address. Default: that address. */
  readonly executors?: (address: string) => Transport | undefined;
}

const FAST_PROBES: ProbeOptions = { intervalMs: 20, timeoutMs: 1000 };

/** Starts a registry on a database of its own. */
export async function registryRig(options: RigOptions = {}): Promise<RegistryRig> {
  await using cleanup = new AsyncDisposableStack();
  const database = cleanup.use(await testDatabase());
  const { client, services, tools, deployments, catalogue, assignments, service } = cleanup.use(
    await startRegistry(database.url, options),
  );
  const stopping = cleanup.move();
  return {
    client,
    services,
    tools,
    deployments,
    catalogue,
    assignments,
    service,
    database,
    another: async (url = database.url) => stopping.use(await startRegistry(url, options)),
    [Symbol.asyncDispose]: () => stopping[Symbol.asyncDispose](),
  };
}

async function startRegistry(databaseUrl: string, options: RigOptions): Promise<RunningRegistry> {
  await using cleanup = new AsyncDisposableStack();
  const logger = pino({ level: 'silent' });
  const probe = { ...FAST_PROBES, ...options.probe };
  const service = cleanup.use(
    await createRegistryService({
      databaseUrl,
      logger,
      probe,
      deployments: { intervalMs: 50, ...options.deployments },
      agentsFile: options.agentsFile ?? '',
      agentsFileIntervalMs: 20,
      agentCaFile: options.agentCaFile,
      ...(options.executors === undefined ? {} : { executors: options.executors }),
    }),
  );
  const transport = await openTransport(service, options.transport ?? 'direct', cleanup);
  const stopping = cleanup.move();
  return {
    service,
    client: createClient(AgentRegistryService, transport),
    services: createClient(RpcRegistryService, transport),
    tools: createClient(ToolService, transport),
    deployments: createClient(DeploymentService, transport),
    catalogue: createClient(CatalogueService, transport),
    assignments: createClient(AssignmentService, transport),
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
