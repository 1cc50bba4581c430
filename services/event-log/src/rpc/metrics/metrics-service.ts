import type { ServiceImpl } from '@connectrpc/connect';
import type { MetricsService } from '@skein/contracts/eventlog';
import type { Clock } from '../../app/clock.ts';
import type { MetricStore } from '../../app/metrics/metric-store.ts';
import type { OnDefect } from '../answer-errors.ts';
import type { CallsUnderWay } from '../calls-under-way.ts';
import { getAgentMetricsRpc } from './get-agent-metrics.ts';
import { getWorkflowMetricsRpc } from './get-workflow-metrics.ts';

/** What the RPCs need. */
export interface MetricsRpcParts {
  readonly metrics: MetricStore;
  readonly clock: Clock;
  readonly calls: CallsUnderWay;
  readonly onDefect: OnDefect;
}

/** `skein.eventlog.v1.MetricsService`. */
export function metricsService(parts: MetricsRpcParts): ServiceImpl<typeof MetricsService> {
  return { getAgentMetrics: getAgentMetricsRpc(parts), getWorkflowMetrics: getWorkflowMetricsRpc(parts) };
}
