import {
  NodeSkipped_Reason,
  OutputCollection,
  TaskDispatchLost_Reason,
  type ChildRunEnded,
  type ForkOrigin as ForkOriginMessage,
  type AgentInvokeDone,
  type InvokeTarget as InvokeTargetMessage,
  type LlmCallDone,
  type LlmPrompt,
  type ParentLink as ParentLinkMessage,
  type RpcCallDone,
  type ToolCallDone,
  type RunEvent as RunEventMessage,
} from '@skein/contracts/event';
import type { Payload as PayloadMessage } from '@skein/contracts/type';
import type {
  CallOutcome,
  ForkOrigin,
  LlmPromptRecord,
  LossReason,
  OutputHolder,
  ParentLink,
  RunEvent,
  SkipReason,
} from '@skein/domain';
import { msOfDuration, msOfTimestamp } from './clock-types.ts';
import { failureFromMessage } from './failure-codec.ts';
import { flowFromMessage } from './flow-codec.ts';
import { payloadFromMessage } from './payload-codec.ts';
import { questionFromMessage } from './question-codec.ts';
import { searchAttributesFromMessages } from './search-attribute-codec.ts';

import { usageFromMessage } from './usage.ts';

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
      const { parent, bodyPath, forkedFrom, flow, searchAttributes, memo } = event.value;
      return {
        kind: 'run_started',
        workflowId,
        workflowVersion,
        definition: definition === undefined ? undefined : payloadFromMessage(definition),
        input: payloadFromMessage(input),
        labels,
        sessionId,
        traceparent,
        parent: parent && parentFromMessage(parent),
        bodyPath,
        forkedFrom: forkedFrom && forkFromMessage(forkedFrom),
        ...(Object.keys(searchAttributes).length === 0
          ? {}
          : { searchAttributes: searchAttributesFromMessages(searchAttributes) }),
        ...(memo === undefined ? {} : { memo: payloadFromMessage(memo) }),
        flow: flow && flowFromMessage(flow),
      };
    }
    case 'runAdmitted':
      return { kind: 'run_admitted' };
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
      return { kind: 'agent_invoke_done', ...callEnd(event.value), ...targetOf(event.value.target) };
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
      return { kind: 'node_succeeded', nodeId, attempt, result: resultOf(event.value), nextNodeIds, missingPaths };
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
    case 'nodeCancelled':
      return { kind: 'node_cancelled', nodeId: event.value.nodeId, reason: event.value.reason };
    case 'childRunsStarted': {
      const { nodeId, attempt, firstIndex, childRunIds, total, sequential } = event.value;
      return { kind: 'child_runs_started', nodeId, attempt, firstIndex, childRunIds, total, sequential };
    }
    case 'childRunEnded': {
      const { nodeId, attempt, index, childRunId } = event.value;
      return { kind: 'child_run_ended', nodeId, attempt, index, childRunId, outcome: outcomeOf(event.value) };
    }
    case 'taskHeartbeat': {
      const { nodeId, attempt, dispatch, resumeDetails } = event.value;
      return { kind: 'task_heartbeat', nodeId, attempt, dispatch, resumeDetails: payloadFromMessage(resumeDetails) };
    }
    case 'inputRequired': {
      const { nodeId, attempt, dispatch, question, usage, latency, streamedBytes } = event.value;
      const cost = {
        usage: usageFromMessage(usage),
        latencyMs: msOfDuration(latency) ?? 0,
        streamedBytes: Number(streamedBytes),
      };
      return { kind: 'input_required', nodeId, attempt, dispatch, question: questionFromMessage(question), ...cost };
    }
    case 'inputProvided': {
      const { nodeId, value, providedBy } = event.value;
      return { kind: 'input_provided', nodeId, value: payloadFromMessage(value), providedBy };
    }
    case 'waitStarted':
      return { kind: 'wait_started', nodeId: event.value.nodeId, dueAtMs: msOfTimestamp(event.value.dueAt) };
    case 'signalAwaited': {
      const { nodeId, name, dueAt } = event.value;
      return { kind: 'signal_awaited', nodeId, name, dueAtMs: dueAt && msOfTimestamp(dueAt) };
    }
    case 'signalReceived': {
      const { name, payload, signalId } = event.value;
      return { kind: 'signal_received', name, payload: payloadFromMessage(payload), signalId };
    }
    case 'approvalRequired': {
      const { nodeId, prompt, approvers, expiresAt, escalateAt, escalateTo } = event.value;
      const times = { expiresAtMs: msOfTimestamp(expiresAt), escalateAtMs: escalateAt && msOfTimestamp(escalateAt) };
      return { kind: 'approval_required', nodeId, prompt, approvers, escalateTo, ...times };
    }
    case 'approvalEscalated':
      return { kind: 'approval_escalated', nodeId: event.value.nodeId };
    case 'approvalDecided': {
      const { nodeId, approved, decidedBy, comment, form } = event.value;
      return { kind: 'approval_decided', nodeId, approved, decidedBy, comment, form: payloadFromMessage(form) };
    }
    case 'resultReused': {
      const { nodeId, output, fromSeq } = event.value;
      return { kind: 'result_reused', nodeId, output: payloadFromMessage(output), fromSeq: Number(fromSeq) };
    }
    case 'runPaused':
      return { kind: 'run_paused', nodeId: event.value.nodeId, reason: event.value.reason };
    case 'runResumed':
      return { kind: 'run_resumed', nodeId: event.value.nodeId };
    case 'runFailing':
      return { kind: 'run_failing', failure: failureFromMessage(event.value.failure), nodeId: event.value.nodeId };
    case 'runCancelling':
      return { kind: 'run_cancelling', reason: event.value.reason };
    case 'runTerminated':
      return { kind: 'run_terminated', reason: event.value.reason };
    case 'runDone':
      return { kind: 'run_done', result: resultOf(event.value) };
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

interface ResultMessage {
  readonly output?: PayloadMessage | undefined;
  readonly outputSeq: bigint;
  readonly outputCollection?: OutputCollection;
}

function resultOf({ output, outputSeq, outputCollection = OutputCollection.UNSPECIFIED }: ResultMessage): OutputHolder {
  if (outputSeq !== 0n) return { outputSeq: Number(outputSeq) };
  switch (outputCollection) {
    case OutputCollection.UNSPECIFIED:
      return { output: payloadFromMessage(output) };
    case OutputCollection.OUTPUTS:
      return { collected: 'outputs' };
    case OutputCollection.OUTCOMES:
      return { collected: 'outcomes' };
    default:
      throw new UnknownEventError(`an output collection of a newer version: ${String(outputCollection)}`);
  }
}

function forkFromMessage({ runId, seq, redoNodeIds }: ForkOriginMessage): ForkOrigin {
  return { runId, seq: Number(seq), redoNodeIds };
}

function parentFromMessage({ runId, nodeId, attempt, index, depth, called }: ParentLinkMessage): ParentLink {
  return { runId, nodeId, attempt, index, depth, ...(called ? { called } : {}) };
}

function outcomeOf({ outcome }: Pick<AgentInvokeDone | LlmCallDone | ChildRunEnded, 'outcome'>): CallOutcome {
  return outcome.case === 'output'
    ? { output: payloadFromMessage(outcome.value) }
    : { failure: failureFromMessage(outcome.value) };
}

function promptFromMessage(message: LlmPrompt | undefined): LlmPromptRecord | undefined {
  if (message === undefined) return undefined;
  return { digest: message.digest, sizeBytes: Number(message.sizeBytes), role: message.role };
}

function targetOf(target: InvokeTargetMessage | undefined) {
  if (target === undefined) return {};
  const { agentId, agentVersion, instanceId } = target;
  return { target: { agentId, agentVersion, instanceId } };
}

function callEnd(message: AgentInvokeDone | LlmCallDone) {
  const { usage, streamedBytes } = message;
  return {
    ...plainCallEnd(message),
    usage: usageFromMessage(usage),
    streamedBytes: Number(streamedBytes),
  };
}

/** The end of a call that streams nothing and counts no tokens, and the part of the others that is like it. */
function plainCallEnd(message: AgentInvokeDone | LlmCallDone | RpcCallDone | ToolCallDone) {
  const { nodeId, attempt, dispatch, latency } = message;
  return {
    nodeId,
    attempt,
    dispatch,
    outcome: outcomeOf(message),
    latencyMs: msOfDuration(latency) ?? 0,
  };
}
