import { AgentMetricsGroup, GetAgentMetricsResponseSchema } from '@skein/contracts/eventlog';
import { Option } from 'commander';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { parseSpanMs } from '../../input/option-values.ts';
import { durationsText, sinceMs } from '../../metrics/metrics-view.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';

interface Options {
  readonly since: number;
  readonly by?: 'version' | 'instance';
}

const GROUPS = { version: AgentMetricsGroup.VERSION, instance: AgentMetricsGroup.INSTANCE };

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<agent>', 'id of the agent')
    .option('--since <span>', 'how far back', parseSpanMs, 3_600_000)
    .addOption(new Option('--by <what>', 'what to tell apart').choices(['version', 'instance']));
  invocation.handle(command, async (session, agentId: string, { since, by }: Options) => {
    const { output } = session;
    const { metrics: client, namespace } = await connect(session);
    const groupBy = by === undefined ? AgentMetricsGroup.UNSPECIFIED : GROUPS[by];
    const asked = { namespace, agentId, groupBy, startTime: sinceMs(since, Date.now()) };
    const answer = await client.getAgentMetrics(asked);
    output.document(plainJson(GetAgentMetricsResponseSchema, answer));
    const rows = answer.metrics.map((it) => [
      it.agentVersion || 'all',
      it.instanceId || 'all',
      String(it.callCount),
      Object.entries(it.failuresByCode)
        .map(([code, count]) => `${count} ${code}`)
        .join(', ') || '0',
      durationsText(it.latency),
      `${it.inputTokens}/${it.outputTokens}`,
      dollars(it.costMicroUsd),
    ]);
    for (const line of table(['VERSION', 'INSTANCE', 'CALLS', 'FAILED', 'LATENCY', 'TOKENS', 'COST'], rows))
      output.line(line);
    output.line(`messages: ${answer.messagesSent} sent, ${answer.messagesReceived} to it`);
  });
};

function dollars(costMicroUsd: bigint): string {
  return costMicroUsd === 0n ? '' : `$${(Number(costMicroUsd) / 1e6).toFixed(4)}`;
}
