import { agentRates, type AgentRates } from './agent-calls.ts';
import { commitRates, type CommitRates } from './commits.ts';

/** What the machine can do just now: ratios to it hold where figures of different days do not. */
export type Yardstick = CommitRates & AgentRates;

/** Measures the machine, for so long each figure. */
export async function measureYardstick(databaseUrl: string, agentsUrl: string, maxMs: number): Promise<Yardstick> {
  return { ...(await commitRates(databaseUrl, maxMs)), ...(await agentRates(agentsUrl, maxMs)) };
}
