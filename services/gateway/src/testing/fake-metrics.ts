import { AgentMetricsGroup, MetricsService } from '@skein/contracts/eventlog';
import { durationOfMs } from '@skein/events';
import { bind, type ServiceBinding } from '@skein/rpc';

/** The same metrics of everybody. */
export function fakeMetrics(): ServiceBinding {
  const summary = { count: 3n, sum: durationOfMs(600), p50: durationOfMs(190) };
  return bind(MetricsService, {
    getAgentMetrics: ({ groupBy }) => ({
      metrics: [
        {
          agentVersion: groupBy === AgentMetricsGroup.UNSPECIFIED ? '' : '1.0.0',
          callCount: 3n,
          failedCount: 1n,
          failuresByCode: { TIMEOUT: 1n },
          latency: summary,
        },
      ],
      messagesSent: 2n,
    }),
    getWorkflowMetrics: ({ byVersion, startTime }) => ({
      metrics: [
        {
          workflowVersion: byVersion ? 4 : 0,
          startedCount: startTime?.seconds ?? 0n,
          doneCount: 3n,
          duration: summary,
        },
      ],
    }),
  });
}
