import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import { WorkflowMetricsSchema, type MetricsService, type WorkflowMetrics } from '@skein/contracts/eventlog';
import type { MetricCount } from '../../app/metrics/metric-store.ts';
import { answerFor } from '../answer-errors.ts';
import { requiredText } from '../messages/message-fields.ts';
import { namespaceOf } from '../request-fields.ts';
import { durationsOf, sumOf, timeOf } from './metric-fields.ts';
import type { MetricsRpcParts } from './metrics-service.ts';

/** MetricsService.GetWorkflowMetrics. */
export function getWorkflowMetricsRpc(
  parts: MetricsRpcParts,
): MethodImpl<typeof MetricsService.method.getWorkflowMetrics> {
  return async (request) => {
    using _call = parts.calls.enter();
    try {
      const counts = await parts.metrics.read({
        namespace: namespaceOf(request.namespace),
        kind: 'workflow',
        subjectId: requiredText('workflow_id', request.workflowId),
        ...timeOf(request, parts.clock.wallMs()),
      });
      if (!request.byVersion) return { metrics: [toMetrics(counts, 0)] };
      const groups = Map.groupBy(counts, ({ version }) => Number(version));
      const metrics = [...groups].map(([version, group]) => toMetrics(group, version));
      return { metrics: metrics.toSorted((a, b) => a.workflowVersion - b.workflowVersion) };
    } catch (error) {
      throw answerFor(error, 'MetricsService/GetWorkflowMetrics', parts.onDefect);
    }
  };
}

function toMetrics(counts: readonly MetricCount[], workflowVersion: number): WorkflowMetrics {
  const of = (wanted: string) => BigInt(sumOf(counts, ({ outcome, count }) => (outcome === wanted ? count : 0)));
  return create(WorkflowMetricsSchema, {
    workflowVersion,
    startedCount: of('started'),
    doneCount: of('done'),
    failedCount: of('failed'),
    cancelledCount: of('cancelled'),
    terminatedCount: of('terminated'),
    duration: durationsOf(counts),
  });
}
