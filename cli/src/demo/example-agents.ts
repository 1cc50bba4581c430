/**
 * The three example agents: started, registered, and at the end taken out of the registry and stopped, so that nobody
 * is sent to an address where nobody answers. A registration that was there before is put back.
 */
import { join } from 'node:path';
import { Code, ConnectError } from '@connectrpc/connect';
import { AgentProtocol, type Agent } from '@skein/contracts/registry';
import { agentHealth } from '../agent/agent-view.ts';
import { createApi, type Api } from '../api/api.ts';
import type { Session } from '../session.ts';
import { startAgentProcess } from './agent-process.ts';

/** One example agent: where it is, and how it is registered. */
interface ExampleAgent {
  readonly agentId: string;
  readonly directory: string;
  readonly protocol: AgentProtocol;
  readonly capabilities: readonly string[];
  readonly endpoint: (address: string) => string;
}

const EXAMPLES: readonly ExampleAgent[] = [
  {
    agentId: 'classifier-agent',
    directory: 'classifier',
    protocol: AgentProtocol.GRPC,
    capabilities: ['classification'],
    endpoint: (address) => address,
  },
  {
    agentId: 'billing-specialist',
    directory: 'billing-specialist',
    protocol: AgentProtocol.HTTP_PROCESS,
    capabilities: ['billing', 'refunds', 'invoices'],
    endpoint: (address) => `http://${address}`,
  },
  {
    agentId: 'tech-support',
    directory: 'tech-support',
    protocol: AgentProtocol.HTTP_INVOKE_SSE,
    capabilities: ['troubleshooting'],
    endpoint: (address) => `http://${address}`,
  },
];

/** Tells a registration made here from one that somebody else made. */
const STARTED_HERE = { started_by: 'skein-examples' };

/** The agents, running and registered. */
export interface ExampleAgents extends AsyncDisposable {
  readonly agents: readonly { readonly agentId: string; readonly address: string; readonly pid: number }[];
}

/** Starts the agents while the platform may still be starting, and registers them once it answers. */
export async function startExampleAgents(session: Session, platform: () => Promise<Api>): Promise<ExampleAgents> {
  await using started = new AsyncDisposableStack();
  // Settled before anything is given up: a process that comes up late must not be left behind.
  const starting = Promise.allSettled(EXAMPLES.map((example) => startExample(session, example, started)));
  const [used] = await Promise.allSettled([platform(), starting]);
  if (used.status === 'rejected') throw used.reason;
  // Not the command's own clients: these are used after Ctrl-C too.
  const api = createApi(used.value.address, used.value.namespace);
  const agents = (await starting).map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  await Promise.all(agents.map((agent) => register(api, agent, started)));
  const kept = started.move();
  return { agents, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

interface StartedExample extends ExampleAgent {
  /** `host:port`. */
  readonly address: string;
  readonly pid: number;
}

async function startExample(
  { host, settings }: Session,
  example: ExampleAgent,
  started: AsyncDisposableStack,
): Promise<StartedExample> {
  const entry = join(host.root, 'examples/agents', example.directory, 'src/main.ts');
  const logPath = join(settings.dataDir, 'agents', `${example.agentId}.log`);
  const { address, pid } = started.use(await startAgentProcess(host, entry, logPath));
  return { ...example, address, pid };
}

async function register(api: Api, example: StartedExample, started: AsyncDisposableStack): Promise<void> {
  const { agentId, protocol, capabilities, endpoint, address } = example;
  const before = await findAgent(api, agentId);
  await api.agents.registerAgent({
    namespace: api.namespace,
    agentId,
    protocol,
    capabilities: [...capabilities],
    endpoints: [endpoint(address)],
    labels: STARTED_HERE,
  });
  started.defer(() => putBack(api, agentId, before && isLeftover(before) ? undefined : before));
}

/** Of an earlier command that was killed before it could clean up. */
function isLeftover(agent: Agent): boolean {
  return agent.labels['started_by'] === STARTED_HERE.started_by && agentHealth(agent) === 'UNHEALTHY';
}

async function findAgent({ agents, namespace }: Api, agentId: string): Promise<Agent | undefined> {
  try {
    return (await agents.getAgent({ namespace, agentId })).agent;
  } catch (error) {
    if (ConnectError.from(error).code === Code.NotFound) return undefined;
    throw error;
  }
}

async function putBack({ agents, namespace }: Api, agentId: string, before: Agent | undefined): Promise<void> {
  try {
    if (!before) {
      await agents.unregisterAgent({ namespace, agentId });
      return;
    }
    const { version, name, description, agentType, capabilities, protocol, labels, config, timeout } = before;
    await agents.registerAgent({
      namespace,
      agentId,
      version,
      name,
      description,
      agentType,
      capabilities,
      protocol,
      labels,
      endpoints: before.instances.map(({ endpoint }) => endpoint),
      ...(config ? { config } : {}),
      ...(timeout ? { timeout } : {}),
    });
  } catch {
    // The platform has ended before us: then nobody is sent anywhere.
  }
}
