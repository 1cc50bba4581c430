import { GetWorkflowMetricsResponseSchema } from '@skein/contracts/eventlog';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { parseSpanMs } from '../../input/option-values.ts';
import { durationsText, sinceMs } from '../../metrics/metrics-view.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';

interface Options {
  readonly since: number;
  readonly byVersion?: boolean;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<workflow>', 'id of the workflow')
    .option('--since <span>', 'how far back', parseSpanMs, 3_600_000)
    .option('--by-version', 'tell versions apart');
  invocation.handle(command, async (session, workflowId: string, { since, byVersion = false }: Options) => {
    const { output } = session;
    const { metrics: client, namespace } = await connect(session);
    const asked = { namespace, workflowId, byVersion, startTime: sinceMs(since, Date.now()) };
    const answer = await client.getWorkflowMetrics(asked);
    output.document(plainJson(GetWorkflowMetricsResponseSchema, answer));
    const rows = answer.metrics.map((it) => [
      byVersion ? String(it.workflowVersion) : 'all',
      ...[it.startedCount, it.doneCount, it.failedCount, it.cancelledCount, it.terminatedCount].map(String),
      durationsText(it.duration),
    ]);
    const head = ['VERSION', 'STARTED', 'DONE', 'FAILED', 'CANCELLED', 'TERMINATED', 'DURATION'];
    for (const line of table(head, rows)) output.line(line);
  });
};
