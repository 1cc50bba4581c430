import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import { NodeActivity, RunTimelineSchema, type EventService } from '@skein/contracts/eventlog';
import { durationOfMs, timestampOfMs } from '@skein/events';
import { runTimeline } from '../app/run-timeline.ts';
import type { NodeLine, Span, Timeline } from '../domain/run-timeline.ts';
import { answerFor } from './answer-errors.ts';
import type { EventRpcParts } from './event-service.ts';
import { namespaceOf, runIdOf, seqOf } from './request-fields.ts';

const MAX_NODES = 10_000;

/** EventService.GetRunTimeline. */
export function getRunTimelineRpc(parts: EventRpcParts): MethodImpl<typeof EventService.method.getRunTimeline> {
  const tasks = { store: parts.tasks, clock: parts.clock, observer: parts.observer };
  return async (request) => {
    using _call = parts.calls.enter();
    try {
      const run = { namespace: namespaceOf(request.namespace), runId: runIdOf(request.runId) };
      const timeline = await runTimeline({ history: parts.history, tasks }, run, seqOf('min_seq', request.minSeq));
      return { timeline: toMessage(run.runId, timeline) };
    } catch (error) {
      throw answerFor(error, 'EventService/GetRunTimeline', parts.onDefect);
    }
  };
}

function toMessage(runId: string, { workflowId, startedMs, endedMs, outcome, lastSeq, nodes }: Timeline) {
  return create(RunTimelineSchema, {
    runId,
    workflowId,
    startedAt: timestampOfMs(startedMs),
    ...(endedMs === undefined ? {} : { endedAt: timestampOfMs(endedMs) }),
    outcome,
    lastSeq: BigInt(lastSeq),
    nodes: nodes.slice(0, MAX_NODES).map(nodeToMessage),
  });
}

function nodeToMessage({ nodeId, firstMs, endedMs, outcome, attempts, spans }: NodeLine) {
  const ended = endedMs === undefined ? {} : { endedAt: timestampOfMs(endedMs) };
  return { nodeId, firstAt: timestampOfMs(firstMs), ...ended, outcome, attempts, spans: spans.map(spanToMessage) };
}

function spanToMessage({ activity, fromMs, toMs, attempt, failure }: Span) {
  return {
    activity: NodeActivity[activity],
    from: timestampOfMs(fromMs),
    ...(toMs === undefined ? {} : { to: timestampOfMs(toMs), duration: durationOfMs(toMs - fromMs) }),
    attempt,
    ...(failure === undefined ? {} : { failure }),
  };
}
