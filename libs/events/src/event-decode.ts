import {
  NodeSkipped_Reason,
  TaskDispatchLost_Reason,
  type AgentInvokeDone,
  type LlmCallDone,
  type LlmPrompt,
  type RpcCallDone,
  type ToolCallDone,
  type RunEvent as RunEventMessage,
} from '@skein/contracts/event';
import type { Payload as PayloadMessage } from '@skein/contracts/type';
import type { LlmPromptRecord, LossReason, OutputHolder, RunEvent, SkipReason } from '@skein/domain';
import { msOfDuration, msOfTimestamp } from './clock-types.ts';
import { failureFromMessage } from './failure-codec.ts';
import { payloadFromMessage } from './payload-codec.ts';

/** An event that this version does not know: it must not be skipped, a newer peer has to go on with the run. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';
}

/**
 * An event from the wire.
 * @throws UnknownEventError for a case that was added after this version.
 */
export function eventFromMessage(message: RunEventMessage): RunEvent {
  const { event } = message;
  switch (event.case) {
    case 'runStarted': {
      const { workflowId, workflowVersion, definition, input, labels, sessionId, traceparent } = event.value;
      return {
        kind: 'run_started',
        workflowId,
        workflowVersion,
        definition: definition === undefined ? undefined : payloadFromMessage(definition),
        input: payloadFromMessage(input),
        labels,
        sessionId,
        traceparent,
      };
    }
    case 'userInput':
      return { kind: 'user_input', message: payloadFromMessage(event.value.message) };
    case 'nodeScheduled': {
      const { nodeId, attempt, inputDigest, inputSeqs } = event.value;
      return { kind: 'node_scheduled', nodeId, attempt, inputDigest, inputSeqs: inputSeqs.map(Number) };
    }
    case 'agentInvokeStarted': {
      const { nodeId, attempt, dispatch, agentId, agentVersion, instanceId, executorId } = event.value;
      const startedAtMs = msOfTimestamp(event.value.startedAt);
      const call = { nodeId, attempt, dispatch, agentId, agentVersion, instanceId, executorId, startedAtMs };
      return { kind: 'agent_invoke_started', ...call };
    }
    case 'agentInvokeDone':
      return { kind: 'agent_invoke_done', ...callEnd(event.value) };
    case 'llmCallStarted': {
      const { nodeId, attempt, dispatch, model, executorId } = event.value;
      const startedAtMs = msOfTimestamp(event.value.startedAt);
      const prompt = promptFromMessage(event.value.prompt);
      return { kind: 'llm_call_started', nodeId, attempt, dispatch, model, executorId, startedAtMs, prompt };
    }
    case 'llmCallDone': {
      const { model, turns } = event.value;
      const prompt = promptFromMessage(event.value.prompt);
      return { kind: 'llm_call_done', model, turns, prompt, ...callEnd(event.value) };
    }
    case 'rpcCallStarted': {
      const { nodeId, attempt, dispatch, serviceId, method, address, executorId } = event.value;
      const startedAtMs = msOfTimestamp(event.value.startedAt);
      const call = { nodeId, attempt, dispatch, serviceId, method, address, executorId, startedAtMs };
      return { kind: 'rpc_call_started', ...call };
    }
    case 'rpcCallDone':
      return { kind: 'rpc_call_done', ...plainCallEnd(event.value) };
    case 'toolCallCreated': {
      const { nodeId, attempt, dispatch, toolId, target, executorId } = event.value;
      const startedAtMs = msOfTimestamp(event.value.startedAt);
      return { kind: 'tool_call_created', nodeId, attempt, dispatch, toolId, target, executorId, startedAtMs };
    }
    case 'toolCallDone':
      return { kind: 'tool_call_done', toolId: event.value.toolId, ...plainCallEnd(event.value) };
    case 'nodeSucceeded': {
      const { nodeId, attempt, nextNodeIds, missingPaths } = event.value;
      return { kind: 'node_succeeded', nodeId, attempt, result: holder(event.value), nextNodeIds, missingPaths };
    }
    case 'nodeRetryScheduled': {
      const { nodeId, nextAttempt, retryAt } = event.value;
      const failure = failureFromMessage(event.value.failure);
      return { kind: 'node_retry_scheduled', nodeId, nextAttempt, retryAtMs: msOfTimestamp(retryAt), failure };
    }
    case 'nodeFailed': {
      const { nodeId, attempt, nextNodeIds } = event.value;
      return { kind: 'node_failed', nodeId, attempt, failure: failureFromMessage(event.value.failure), nextNodeIds };
    }
    case 'nodeSkipped': {
      const { nodeId, nextNodeIds, failure } = event.value;
      const cause = failure === undefined ? undefined : failureFromMessage(failure);
      return { kind: 'node_skipped', nodeId, reason: skipReason(event.value.reason), failure: cause, nextNodeIds };
    }
    case 'taskDispatchLost': {
      const { nodeId, attempt, dispatch } = event.value;
      return { kind: 'task_dispatch_lost', nodeId, attempt, dispatch, reason: lossReason(event.value.reason) };
    }
    case 'runDone':
      return { kind: 'run_done', result: holder(event.value) };
    case 'runFailed':
      return { kind: 'run_failed', failure: failureFromMessage(event.value.failure), nodeId: event.value.nodeId };
    case 'runCancelled':
      return { kind: 'run_cancelled', reason: event.value.reason };
    case undefined:
      throw new UnknownEventError('an event of a newer version');
  }
}

function skipReason(reason: NodeSkipped_Reason): SkipReason {
  switch (reason) {
    case NodeSkipped_Reason.NOT_REACHED:
      return 'not_reached';
    case NodeSkipped_Reason.CONDITION_FALSE:
      return 'condition_false';
    case NodeSkipped_Reason.ERROR_SKIPPED:
      return 'error_skipped';
    default:
      throw new UnknownEventError(`a reason to skip of a newer version: ${reason}`);
  }
}

function lossReason(reason: TaskDispatchLost_Reason): LossReason {
  switch (reason) {
    case TaskDispatchLost_Reason.EXECUTOR_LOST:
      return 'executor_lost';
    case TaskDispatchLost_Reason.SCHEDULER_RESTARTED:
      return 'scheduler_restarted';
    default:
      throw new UnknownEventError(`a reason of loss of a newer version: ${reason}`);
  }
}

function holder(message: { readonly output?: PayloadMessage | undefined; readonly outputSeq: bigint }): OutputHolder {
  if (message.outputSeq !== 0n) return { outputSeq: Number(message.outputSeq) };
  return { output: payloadFromMessage(message.output) };
}

function promptFromMessage(message: LlmPrompt | undefined): LlmPromptRecord | undefined {
  if (message === undefined) return undefined;
  return { digest: message.digest, sizeBytes: Number(message.sizeBytes), role: message.role };
}

function callEnd(message: AgentInvokeDone | LlmCallDone) {
  const { usage, streamedBytes } = message;
  return {
    ...plainCallEnd(message),
    usage: { inputTokens: Number(usage?.inputTokens ?? 0), outputTokens: Number(usage?.outputTokens ?? 0) },
    streamedBytes: Number(streamedBytes),
  };
}

/** The end of a call that streams nothing and counts no tokens, and the part of the others that is like it. */
function plainCallEnd(message: AgentInvokeDone | LlmCallDone | RpcCallDone | ToolCallDone) {
  const { nodeId, attempt, dispatch, outcome, latency } = message;
  return {
    nodeId,
    attempt,
    dispatch,
    outcome:
      outcome.case === 'output'
        ? { output: payloadFromMessage(outcome.value) }
        : { failure: failureFromMessage(outcome.value) },
    latencyMs: msOfDuration(latency) ?? 0,
  };
}
