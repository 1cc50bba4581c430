import { closedLoop } from '../load/closed-loop.ts';
import { httpClient } from '../load/http-client.ts';
import { quantile, rounded } from '../load/statistics.ts';

/** What the agents' process does when it is called directly. */
export interface AgentRates {
  readonly agent_calls_per_s_c1: number;
  readonly agent_calls_per_s_c16: number;
  readonly agent_p50_ms_c1: number | null;
}

const CALL = JSON.stringify({ input: { user_query: 'x' } });

/** Measures for so long each. */
export async function agentRates(agentsUrl: string, maxMs: number): Promise<AgentRates> {
  await using client = httpClient(agentsUrl, 16);
  const call = async (): Promise<void> => void (await client.post('/echo/process', CALL));
  const alone = await closedLoop({ concurrency: 1, maxMs }, call);
  const together = await closedLoop({ concurrency: 16, maxMs }, call);
  return {
    agent_calls_per_s_c1: Math.round(alone.runs / alone.seconds),
    agent_calls_per_s_c16: Math.round(together.runs / together.seconds),
    agent_p50_ms_c1: rounded(quantile(alone.latenciesMs, 0.5), 3),
  };
}
