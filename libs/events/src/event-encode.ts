import { usageToMessage } from './usage.ts';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  InvokeTargetSchema,
  NodeSkipped_Reason,
  OutputCollection,
  RunEventSchema,
  TaskDispatchLost_Reason,
  type RunEvent as RunEventMessage,
} from '@skein/contracts/event';
import { TokenUsageSchema } from '@skein/contracts/type';
import type {
  CallOutcome,
  ForkOrigin,
  LlmPromptRecord,
  OutputHolder,
  RpcCallDone,
  RunEvent,
  ToolCallDone,
} from '@skein/domain';
import { durationOfMs, timestampOfMs } from './clock-types.ts';
import { failureToMessage } from './failure-codec.ts';
import { flowToMessage } from './flow-codec.ts';
import { payloadToMessage } from './payload-codec.ts';
import { questionToMessage } from './question-codec.ts';
import { searchAttributesToMessages } from './search-attribute-codec.ts';

type Case = NonNullable<NonNullable<MessageInitShape<typeof RunEventSchema>['event']>>;
type CommonKind = 'node_scheduled' | 'agent_invoke_started' | 'agent_invoke_done' | 'node_succeeded';

/** An event for the wire, without its key (namespace, run, seq, time). */
export function eventToMessage(event: RunEvent): RunEventMessage {
  switch (event.kind) {
    case 'node_scheduled':
    case 'agent_invoke_started':
    case 'agent_invoke_done':
    case 'node_succeeded':
      return { $typeName: 'skein.event.v1.RunEvent', namespace: '', runId: '', seq: 0n, event: commonCaseOf(event) };
    default:
      return create(RunEventSchema, { event: caseOf(event) });
  }
}

/**
 * The events of every step, as literals: `create` sets fields one by one by the descriptors, which takes three times as
 * long and shows where thousands are made a second.
 */
function commonCaseOf(event: Extract<RunEvent, { kind: CommonKind }>): RunEventMessage['event'] {
  const { nodeId, attempt } = event;
  switch (event.kind) {
    case 'node_scheduled': {
      const inputDigest = event.inputDigest as Uint8Array<ArrayBuffer>;
      const inputSeqs = event.inputSeqs.map(BigInt);
      const value = { $typeName: 'skein.event.v1.NodeScheduled', nodeId, attempt, inputDigest, inputSeqs } as const;
      return { case: 'nodeScheduled', value };
    }
    case 'agent_invoke_started': {
      const { dispatch, agentId, agentVersion, instanceId, executorId, startedAtMs } = event;
      const startedAt = timestampOfMs(startedAtMs);
      const call = { nodeId, attempt, dispatch, agentId, agentVersion, instanceId, executorId, startedAt };
      return { case: 'agentInvokeStarted', value: { $typeName: 'skein.event.v1.AgentInvokeStarted', ...call } };
    }
    case 'agent_invoke_done': {
      const { dispatch, outcome, target } = event;
      const usage = usageToMessage(event.usage);
      const call = {
        nodeId,
        attempt,
        dispatch,
        outcome: outcomeCase(outcome),
        usage: usage && create(TokenUsageSchema, usage),
        latency: durationOfMs(event.latencyMs),
        streamedBytes: BigInt(event.streamedBytes),
        target: target && create(InvokeTargetSchema, target),
      };
      return { case: 'agentInvokeDone', value: { $typeName: 'skein.event.v1.AgentInvokeDone', ...call } };
    }
    case 'node_succeeded': {
      const { result, nextNodeIds, missingPaths } = event;
      const node = {
        nodeId,
        attempt,
        output: 'output' in result ? payloadToMessage(result.output) : undefined,
        outputSeq: 'outputSeq' in result ? BigInt(result.outputSeq) : 0n,
        outputCollection: 'collected' in result ? COLLECTIONS[result.collected] : OutputCollection.UNSPECIFIED,
        nextNodeIds: [...nextNodeIds],
        missingPaths: [...missingPaths],
      };
      return { case: 'nodeSucceeded', value: { $typeName: 'skein.event.v1.NodeSucceeded', ...node } };
    }
  }
}

function caseOf(event: Exclude<RunEvent, { kind: CommonKind }>): Case {
  switch (event.kind) {
    case 'run_started':
      return {
        case: 'runStarted',
        value: {
          workflowId: event.workflowId,
          workflowVersion: event.workflowVersion,
          ...(event.definition === undefined ? {} : { definition: payloadToMessage(event.definition) }),
          input: payloadToMessage(event.input),
          labels: { ...event.labels },
          sessionId: event.sessionId,
          traceparent: event.traceparent,
          ...(event.parent === undefined ? {} : { parent: event.parent }),
          bodyPath: event.bodyPath ?? '',
          ...(event.forkedFrom === undefined ? {} : { forkedFrom: forkToMessage(event.forkedFrom) }),
          searchAttributes: searchAttributesToMessages(event.searchAttributes ?? {}),
          ...(event.memo === undefined ? {} : { memo: payloadToMessage(event.memo) }),
          ...(event.flow === undefined ? {} : { flow: flowToMessage(event.flow) }),
        },
      };
    case 'run_admitted':
      return { case: 'runAdmitted', value: {} };
    case 'user_input':
      return { case: 'userInput', value: { message: payloadToMessage(event.message) } };
    case 'llm_call_started': {
      const { kind: _, startedAtMs, prompt, ...rest } = event;
      const value = { ...rest, startedAt: timestampOfMs(startedAtMs), ...promptField(prompt) };
      return { case: 'llmCallStarted', value };
    }
    case 'llm_call_done': {
      const { nodeId, attempt, dispatch, model, turns, prompt } = event;
      const value = { nodeId, attempt, dispatch, model, turns, ...promptField(prompt), ...callEnd(event) };
      return { case: 'llmCallDone', value };
    }
    case 'rpc_call_started': {
      const { kind: _, startedAtMs, ...rest } = event;
      return { case: 'rpcCallStarted', value: { ...rest, startedAt: timestampOfMs(startedAtMs) } };
    }
    case 'rpc_call_done':
      return { case: 'rpcCallDone', value: plainCallEnd(event) };
    case 'tool_call_created': {
      const { kind: _, startedAtMs, ...rest } = event;
      return { case: 'toolCallCreated', value: { ...rest, startedAt: timestampOfMs(startedAtMs) } };
    }
    case 'tool_call_done':
      return { case: 'toolCallDone', value: { toolId: event.toolId, ...plainCallEnd(event) } };
    case 'node_retry_scheduled': {
      const { nodeId, nextAttempt, retryAtMs, failure } = event;
      const value = { nodeId, nextAttempt, retryAt: timestampOfMs(retryAtMs), failure: failureToMessage(failure) };
      return { case: 'nodeRetryScheduled', value };
    }
    case 'node_failed': {
      const { nodeId, attempt, failure, nextNodeIds } = event;
      const value = { nodeId, attempt, failure: failureToMessage(failure), nextNodeIds: [...nextNodeIds] };
      return { case: 'nodeFailed', value };
    }
    case 'node_skipped': {
      const { nodeId, failure, nextNodeIds } = event;
      const cause = failure === undefined ? {} : { failure: failureToMessage(failure) };
      const reason = SKIP_REASONS[event.reason];
      return { case: 'nodeSkipped', value: { nodeId, reason, ...cause, nextNodeIds: [...nextNodeIds] } };
    }
    case 'task_dispatch_lost': {
      const { nodeId, attempt, dispatch } = event;
      return { case: 'taskDispatchLost', value: { nodeId, attempt, dispatch, reason: LOSS_REASONS[event.reason] } };
    }
    case 'node_cancelled':
      return { case: 'nodeCancelled', value: { nodeId: event.nodeId, reason: event.reason } };
    case 'child_runs_started': {
      const { kind: _, childRunIds, ...rest } = event;
      return { case: 'childRunsStarted', value: { ...rest, childRunIds: [...childRunIds] } };
    }
    case 'child_run_ended': {
      const { kind: _, outcome, ...rest } = event;
      return { case: 'childRunEnded', value: { ...rest, outcome: outcomeCase(outcome) } };
    }
    case 'task_heartbeat': {
      const { kind: _, resumeDetails, ...key } = event;
      return { case: 'taskHeartbeat', value: { ...key, resumeDetails: payloadToMessage(resumeDetails) } };
    }
    case 'input_required': {
      const { nodeId, attempt, dispatch, question } = event;
      const value = { nodeId, attempt, dispatch, question: questionToMessage(question), ...costOf(event) };
      return { case: 'inputRequired', value };
    }
    case 'input_provided': {
      const { nodeId, value, providedBy } = event;
      return { case: 'inputProvided', value: { nodeId, value: payloadToMessage(value), providedBy } };
    }
    case 'wait_started':
      return { case: 'waitStarted', value: { nodeId: event.nodeId, dueAt: timestampOfMs(event.dueAtMs) } };
    case 'signal_awaited': {
      const { nodeId, name, dueAtMs } = event;
      return { case: 'signalAwaited', value: { nodeId, name, ...timeField('dueAt', dueAtMs) } };
    }
    case 'signal_received': {
      const { name, payload, signalId } = event;
      return { case: 'signalReceived', value: { name, payload: payloadToMessage(payload), signalId } };
    }
    case 'approval_required': {
      const { nodeId, prompt, approvers, expiresAtMs, escalateAtMs, escalateTo } = event;
      const times = { expiresAt: timestampOfMs(expiresAtMs), ...timeField('escalateAt', escalateAtMs) };
      const people = { approvers: [...approvers], escalateTo: [...escalateTo] };
      return { case: 'approvalRequired', value: { nodeId, prompt, ...people, ...times } };
    }
    case 'approval_escalated':
      return { case: 'approvalEscalated', value: { nodeId: event.nodeId } };
    case 'approval_decided': {
      const { kind: _, form, ...rest } = event;
      return { case: 'approvalDecided', value: { ...rest, form: payloadToMessage(form) } };
    }
    case 'result_reused': {
      const { nodeId, output, fromSeq } = event;
      return { case: 'resultReused', value: { nodeId, output: payloadToMessage(output), fromSeq: BigInt(fromSeq) } };
    }
    case 'run_paused':
      return { case: 'runPaused', value: { nodeId: event.nodeId, reason: event.reason } };
    case 'run_resumed':
      return { case: 'runResumed', value: { nodeId: event.nodeId } };
    case 'run_failing':
      return { case: 'runFailing', value: { failure: failureToMessage(event.failure), nodeId: event.nodeId } };
    case 'run_cancelling':
      return { case: 'runCancelling', value: { reason: event.reason } };
    case 'run_terminated':
      return { case: 'runTerminated', value: { reason: event.reason } };
    case 'run_done':
      return { case: 'runDone', value: resultOf(event.result) };
    case 'run_failed':
      return { case: 'runFailed', value: { failure: failureToMessage(event.failure), nodeId: event.nodeId } };
    case 'run_cancelled':
      return { case: 'runCancelled', value: { reason: event.reason } };
  }
}

const SKIP_REASONS = {
  not_reached: NodeSkipped_Reason.NOT_REACHED,
  condition_false: NodeSkipped_Reason.CONDITION_FALSE,
  error_skipped: NodeSkipped_Reason.ERROR_SKIPPED,
};

const LOSS_REASONS = {
  executor_lost: TaskDispatchLost_Reason.EXECUTOR_LOST,
  scheduler_restarted: TaskDispatchLost_Reason.SCHEDULER_RESTARTED,
};

const COLLECTIONS = { outputs: OutputCollection.OUTPUTS, outcomes: OutputCollection.OUTCOMES };

function resultOf(result: OutputHolder) {
  if ('output' in result) return { output: payloadToMessage(result.output) };
  if ('collected' in result) return { outputCollection: COLLECTIONS[result.collected] };
  return { outputSeq: BigInt(result.outputSeq) };
}

function forkToMessage({ runId, seq, redoNodeIds }: ForkOrigin) {
  return { runId, seq: BigInt(seq), redoNodeIds: [...redoNodeIds] };
}

function timeField(name: 'dueAt' | 'escalateAt', ms: number | undefined) {
  return ms === undefined ? {} : { [name]: timestampOfMs(ms) };
}

function promptField(prompt: LlmPromptRecord | undefined) {
  if (prompt === undefined) return {};
  const { digest, sizeBytes, role } = prompt;
  return { prompt: { digest: digest as Uint8Array<ArrayBuffer>, sizeBytes: BigInt(sizeBytes), role } };
}

function callEnd(event: Extract<RunEvent, { streamedBytes: number; outcome: CallOutcome }>) {
  return { outcome: outcomeCase(event.outcome), ...costOf(event) };
}

function costOf({ usage, latencyMs, streamedBytes }: Extract<RunEvent, { streamedBytes: number }>) {
  const consumed = usageToMessage(usage);
  return {
    ...(consumed === undefined ? {} : { usage: consumed }),
    latency: durationOfMs(latencyMs),
    streamedBytes: BigInt(streamedBytes),
  };
}

/** The end of a call that streams nothing and counts no tokens. */
function plainCallEnd({ nodeId, attempt, dispatch, outcome, latencyMs }: RpcCallDone | ToolCallDone) {
  return { nodeId, attempt, dispatch, outcome: outcomeCase(outcome), latency: durationOfMs(latencyMs) };
}

function outcomeCase(outcome: CallOutcome) {
  return 'output' in outcome
    ? { case: 'output' as const, value: payloadToMessage(outcome.output) }
    : { case: 'failure' as const, value: failureToMessage(outcome.failure) };
}
