import {
  AgentRegistryService,
  AssignmentService,
  CatalogueService,
  DeploymentService,
  RpcRegistryService,
  ToolService,
} from '@skein/contracts/registry';
import type { HostedService } from '@skein/host';
import { notReady, READY } from '@skein/lifecycle';
import { checkDurability, createKysely, createPool, migrate } from '@skein/postgres';
import { auditBinding, bind, trustedRootsIn } from '@skein/rpc';
import type { Logger } from 'pino';
import { agentFile } from './adapters/file/agent-file.ts';
import type { Transport } from '@connectrpc/connect';
import { grpcContact } from './adapters/grpc/grpc-contact.ts';
import { instanceLogs } from './adapters/grpc/instance-logs.ts';
import { serverReflection } from './adapters/grpc/server-reflection.ts';
import { httpContact } from './adapters/http/http-contact.ts';
import { postgresAgentSourceStore } from './adapters/postgres/agent-source-store.ts';
import { postgresAgentStore } from './adapters/postgres/agent-store.ts';
import { postgresAssignmentStore } from './adapters/postgres/assignment-store.ts';
import { postgresCatalogueStore } from './adapters/postgres/catalogue-store.ts';
import { postgresControlStore } from './adapters/postgres/control-store.ts';
import { postgresDeploymentStore } from './adapters/postgres/deployment-store.ts';
import { postgresLoadStore } from './adapters/postgres/load-store.ts';
import { registryAudit } from './adapters/postgres/registry-audit.ts';
import { RegistrySession } from './adapters/postgres/registry-session.ts';
import { postgresRpcServiceStore } from './adapters/postgres/rpc-service-store.ts';
import type { RegistryTables } from './adapters/postgres/tables.ts';
import { postgresToolStore } from './adapters/postgres/tool-store.ts';
import { observeFeed, telemetryObserver } from './adapters/telemetry/registry-observer.ts';
import { DeploymentController } from './app/deployment-controller.ts';
import { DeploymentNews } from './app/deployment-news.ts';
import { HealthJournal } from './app/health-journal.ts';
import { ListedAgents } from './app/listed-agents.ts';
import { LeaseSweep } from './app/lease-sweep.ts';
import { LoadBook } from './app/load-book.ts';
import { HealthMonitor, type ProbePolicy } from './app/health-monitor.ts';
import { refreshFacts } from './app/refresh-facts.ts';
import { RouteFeed } from './app/route-feed.ts';
import { agentRegistryService } from './rpc/agent-registry-service.ts';
import { assignmentService } from './rpc/assignment-service.ts';
import { catalogueService } from './rpc/catalogue-service.ts';
import { deploymentService } from './rpc/deployment-service.ts';
import { registrationOf } from './rpc/registration-fields.ts';
import { rpcRegistryService } from './rpc/rpc-registry-service.ts';
import { toolService } from './rpc/tool-service.ts';
import { typed } from './rpc/answer-errors.ts';

/** How instances are probed; what is left out is as in `registryConfig`. */
export interface ProbeOptions extends Partial<ProbePolicy> {
  /** Time between two records of when instances last answered; default 30,000. */
  readonly signIntervalMs?: number;
  /** Time between two writes and reads of loads, and between two looks for leases that have run out; default 1,000. */
  readonly loadIntervalMs?: number;
}

/** How deployments are looked after. */
export interface DeploymentOptions {
  /** Time between two looks at deployments, and between two signs of an executor; default 1,000. */
  readonly intervalMs?: number;
  /** An executor that is not heard of for so long has lost its instances; default 10,000. */
  readonly executorLeaseMs?: number;
}

/** What a registry is made of. */
export interface RegistryOptions {
  readonly databaseUrl: string;
  /** Most connections to Postgres, besides one for notices; default 5. */
  readonly databasePoolMax?: number;
  readonly logger: Logger;
  readonly probe?: ProbeOptions;
  readonly deployments?: DeploymentOptions;
  /** Path of the file of agents. Empty: none. Default: none. */
  readonly agentsFile?: string;
  /** Time between two looks at it; default 5,000. */
  readonly agentsFileIntervalMs?: number;
  /** Path of a file with certificates, in PEM, that probes over TLS trust beside those of the machine. Default: none. */
  readonly agentCaFile?: string | undefined;
  /** The way to an executor of this process, by the address that it gives; undefined: it is another's. Default: all are. */
  readonly executors?: (address: string) => Transport | undefined;
  /** Stopped after the registry, in reverse order. */
  readonly owned?: readonly (AsyncDisposable | Disposable)[];
}

const PROBE_DEFAULTS = Object.freeze({ intervalMs: 5000, timeoutMs: 1000, failures: 3, concurrency: 64 });
const SIGN_INTERVAL_MS = 30_000;
const LOAD_INTERVAL_MS = 1000;
const DEPLOYMENT_INTERVAL_MS = 1000;
const EXECUTOR_LEASE_MS = 10_000;
const AGENTS_FILE_INTERVAL_MS = 5000;

/**
 * Starts a registry: brings its schema up to date, reads what is registered, and probes it unless another registry of
 * the same database does.
 * @throws PostgresError when the database cannot be used, or would not keep what it acknowledges.
 */
export async function createRegistryService(options: RegistryOptions): Promise<HostedService> {
  const { databaseUrl, logger } = options;
  await using cleanup = new AsyncDisposableStack();
  for (const owned of options.owned ?? []) {
    cleanup.defer(() => (Symbol.asyncDispose in owned ? owned[Symbol.asyncDispose]() : owned[Symbol.dispose]()));
  }
  const observer = telemetryObserver(logger);
  const pool = createPool(databaseUrl, {
    max: options.databasePoolMax ?? 5,
    applicationName: 'skein-registry',
    schema: 'registry',
    onIdleError: (error) => observer.databaseFailed('idle connection', error),
  });
  cleanup.defer(() => pool.end());
  await checkDurability(pool);
  await migrate(pool, { schema: 'registry', directory: `${import.meta.dirname}/adapters/postgres/migrations` });

  const tables = createKysely<RegistryTables>(pool);
  const store = postgresAgentStore(tables);
  const services = postgresRpcServiceStore(tables);
  const tools = postgresToolStore(tables);
  const catalogue = postgresCatalogueStore(tables);
  const { agentCaFile } = options;
  const roots =
    agentCaFile === undefined ? undefined : await trustedRootsIn(agentCaFile, 'SKEIN_REGISTRY_AGENT_CA_FILE');
  const contacts = { grpc: cleanup.use(grpcContact(roots)), http: cleanup.use(httpContact(roots)) };
  const parts = { store, contacts };
  const feed = cleanup.use(
    new RouteFeed({
      load: (keys) => store.load(keys),
      onLoadFailed: (error) => observer.databaseFailed('reading agents', error),
    }),
  );
  cleanup.use(observeFeed(feed));
  const { signIntervalMs = SIGN_INTERVAL_MS, loadIntervalMs = LOAD_INTERVAL_MS, ...policy } = options.probe ?? {};
  const journal = cleanup.use(
    new HealthJournal({
      writeChanges: (changes) => store.recordHealth(changes),
      writeSigns: (signs) => store.recordSigns(signs),
      signIntervalMs,
      onWriteFailed: (error) => observer.databaseFailed('writing health', error),
    }),
  );
  const monitor = cleanup.use(
    new HealthMonitor({
      policy: { ...PROBE_DEFAULTS, ...policy },
      feed,
      contacts,
      journal,
      observer,
      onRecovered: (agent, endpoint, signal) => refreshFacts(parts, agent, endpoint, signal),
      nowMs: Date.now,
      random: Math.random,
    }),
  );
  const deployments = postgresDeploymentStore(tables);
  const loadStore = postgresLoadStore(tables);
  const loads = cleanup.use(
    new LoadBook({
      store: loadStore,
      intervalMs: loadIntervalMs,
      onFailed: (what, error) => observer.databaseFailed(what, error),
      nowMs: Date.now,
    }),
  );
  const sweep = cleanup.use(
    new LeaseSweep({
      store: loadStore,
      intervalMs: loadIntervalMs,
      onExpired: (instances) => observer.leasesExpired(instances),
      onFailed: (error) => observer.databaseFailed('looking for leases that have run out', error),
    }),
  );
  const { intervalMs: beatMs = DEPLOYMENT_INTERVAL_MS, executorLeaseMs = EXECUTOR_LEASE_MS } =
    options.deployments ?? {};
  const controller = cleanup.use(
    new DeploymentController({ store: postgresControlStore(tables), intervalMs: beatMs, executorLeaseMs, observer }),
  );
  const sources = postgresAgentSourceStore(tables);
  const { agentsFile = '', agentsFileIntervalMs: intervalMs = AGENTS_FILE_INTERVAL_MS } = options;
  // A registry that is told of no file leaves alone what another one's lists.
  const listed =
    agentsFile === ''
      ? []
      : [
          new ListedAgents({
            ...parts,
            sources,
            observer,
            intervalMs,
            file: agentFile(agentsFile, contacts, registrationOf),
          }),
        ];
  for (const it of listed) cleanup.use(it);
  const deploymentNews = new DeploymentNews();
  const closing = new AbortController();
  const session = cleanup.use(
    new RegistrySession({
      databaseUrl,
      onConnected() {
        feed.refreshAll();
        loads.newsInStore();
      },
      onChange: (key) => feed.refresh(key),
      onLoads: () => loads.newsInStore(),
      onDeployments() {
        controller.look();
        deploymentNews.tell();
      },
      onProbing(probing) {
        observer.probing(probing);
        for (const part of [monitor, sweep, controller, ...listed]) {
          if (probing) part.start();
          else part.stop();
        }
      },
      onRetry: (error) => observer.databaseFailed('listening', error),
    }),
  );
  await feed.whenLoaded;

  const onDefect = (rpc: string, error: unknown) => observer.defect(rpc, error);
  const executors = cleanup.use(instanceLogs(options.executors));
  const hosting = {
    assignments: postgresAssignmentStore(tables),
    news: deploymentNews,
    beatMs,
    stopping: closing.signal,
    onDefect,
  };
  cleanup.defer(() => closing.abort());
  const stopping = cleanup.move();
  return {
    name: 'registry',
    bindings: [
      bind(AgentRegistryService, agentRegistryService({ ...parts, feed, loads, sources, onDefect })),
      bind(RpcRegistryService, rpcRegistryService({ services, reflect: serverReflection, onDefect })),
      bind(ToolService, toolService({ tools, onDefect })),
      bind(DeploymentService, deploymentService({ deployments, executors, ...hosting })),
      bind(CatalogueService, catalogueService({ ...parts, catalogue, deployments, loads, sources, onDefect })),
      bind(AssignmentService, assignmentService({ ...hosting, deployments })),
      auditBinding('registry', registryAudit(pool), (error) => typed(error, 'DoctorService/Audit', onDefect)),
    ],
    ready: () => (session.isConnected ? READY : notReady('the database does not answer; routes are as last read')),
    [Symbol.asyncDispose]: () => stopping[Symbol.asyncDispose](),
  };
}
