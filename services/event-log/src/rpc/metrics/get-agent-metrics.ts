import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import {
  AgentMetricsGroup,
  AgentMetricsSchema,
  type AgentMetrics,
  type MetricsService,
} from '@skein/contracts/eventlog';
import type { MetricCount } from '../../app/metrics/metric-store.ts';
import { answerFor } from '../answer-errors.ts';
import { requiredText } from '../messages/message-fields.ts';
import { namespaceOf } from '../request-fields.ts';
import { durationsOf, sumOf, timeOf } from './metric-fields.ts';
import type { MetricsRpcParts } from './metrics-service.ts';

/** MetricsService.GetAgentMetrics. */
export function getAgentMetricsRpc(parts: MetricsRpcParts): MethodImpl<typeof MetricsService.method.getAgentMetrics> {
  return async (request) => {
    using _call = parts.calls.enter();
    try {
      const query = {
        namespace: namespaceOf(request.namespace),
        kind: 'agent' as const,
        subjectId: requiredText('agent_id', request.agentId),
        ...timeOf(request, parts.clock.wallMs()),
      };
      const [counts, messages] = await Promise.all([parts.metrics.read(query), parts.metrics.countMessages(query)]);
      return {
        metrics: groupsOf(counts, request.groupBy),
        messagesSent: BigInt(messages.sent),
        messagesReceived: BigInt(messages.received),
      };
    } catch (error) {
      throw answerFor(error, 'MetricsService/GetAgentMetrics', parts.onDefect);
    }
  };
}

function groupsOf(counts: readonly MetricCount[], groupBy: AgentMetricsGroup): AgentMetrics[] {
  if (groupBy === AgentMetricsGroup.UNSPECIFIED) return [toMetrics(counts, '', '')];
  const byInstance = groupBy === AgentMetricsGroup.INSTANCE;
  const groups = Map.groupBy(counts, (it) => JSON.stringify([it.version, byInstance ? it.instanceId : '']));
  return [...groups.values()]
    .map((group) => toMetrics(group, group[0]?.version ?? '', byInstance ? (group[0]?.instanceId ?? '') : ''))
    .toSorted((a, b) => compare(a.agentVersion, b.agentVersion) || compare(a.instanceId, b.instanceId));
}

function toMetrics(counts: readonly MetricCount[], agentVersion: string, instanceId: string): AgentMetrics {
  const failures = counts.filter(({ outcome }) => outcome !== '');
  const failuresByCode: Record<string, bigint> = {};
  for (const { outcome, count } of failures) {
    failuresByCode[outcome] = (failuresByCode[outcome] ?? 0n) + BigInt(count);
  }
  return create(AgentMetricsSchema, {
    agentVersion,
    instanceId,
    callCount: BigInt(sumOf(counts, ({ count }) => count)),
    failedCount: BigInt(sumOf(failures, ({ count }) => count)),
    failuresByCode,
    latency: durationsOf(counts),
    inputTokens: BigInt(sumOf(counts, (it) => it.inputTokens)),
    outputTokens: BigInt(sumOf(counts, (it) => it.outputTokens)),
    costMicroUsd: BigInt(sumOf(counts, (it) => it.costMicroUsd)),
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
