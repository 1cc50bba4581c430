import { join } from 'node:path';
import { cleanEnvironment, ROOT } from '../../e2e/harness/skein.ts';
import { lastingPort } from './lasting-port.ts';
import { Member } from './member.ts';
import type { Network } from './network.ts';
import { answersOk } from './readiness.ts';

/** Everybody who calls agents, as links name them: the registry knows one address of each agent. */
export const CALLERS = 'platform';

/** The process of the agents. */
export interface AgentsUnderTest {
  readonly member: Member;
  /** The file that outlives them. */
  readonly journalPath: string;
  /** Where the platform finds them: the far side of its link. */
  readonly httpUrl: string;
  readonly grpcAddress: string;
}

/** The agents, not started yet, with the links to them, and theirs to the gateway, which listens on `apiPort`. */
export async function agentsMember(
  directory: string,
  logs: string,
  network: Network,
  apiPort: number,
): Promise<AgentsUnderTest> {
  const journalPath = join(directory, 'agents.jsonl');
  const [http, grpc] = await Promise.all([lastingPort(), lastingPort()]);
  const apiUrl = `http://127.0.0.1:${await network.portTo('agents', 'gateway', apiPort)}`;
  const member = new Member({
    name: 'agents',
    entry: join(ROOT, 'test/chaos/agents/main.ts'),
    args: [journalPath, String(http), String(grpc), apiUrl],
    env: cleanEnvironment(),
    logPath: join(logs, 'agents.log'),
    orderPath: join(directory, 'agents.order'),
    cachePath: join(directory, 'compiled'),
    isReady: () => answersOk(`http://127.0.0.1:${http}/health`),
  });
  const [httpPort, grpcPort] = await Promise.all([http, grpc].map((port) => network.portTo(CALLERS, 'agents', port)));
  return { member, journalPath, httpUrl: `http://127.0.0.1:${httpPort}`, grpcAddress: `127.0.0.1:${grpcPort}` };
}
