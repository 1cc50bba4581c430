/** The three example agents, each a process of its own. */
import { join } from 'node:path';
import { AgentProtocol } from '@skein/contracts/registry';
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

/** The processes of the agents; disposing ends them. */
export interface ExampleAgents extends AsyncDisposable {
  readonly agents: readonly StartedExample[];
}

/** An agent that listens. */
export interface StartedExample extends ExampleAgent {
  /** `host:port`. */
  readonly address: string;
  readonly pid: number;
}

/** Starts all of them, or none. */
export async function startExampleAgents(session: Session): Promise<ExampleAgents> {
  await using started = new AsyncDisposableStack();
  // Settled before anything is given up: a process that comes up late must not be left behind.
  const settled = await Promise.allSettled(EXAMPLES.map((example) => startExample(session, example, started)));
  const agents = settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  const kept = started.move();
  return { agents, [Symbol.asyncDispose]: () => kept.disposeAsync() };
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
