import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { AnswerSchema } from '@skein/contracts/agent';
import type {
  AgentCall,
  CallFacts as CallFactsMessage,
  ExchangeResponseSchema,
  PromptFacts as PromptFactsMessage,
  Task,
  TaskRef,
  TaskReport,
} from '@skein/contracts/scheduler';
import type { AgentWork, Answer, CallFacts, PromptFacts } from '@skein/domain';
import {
  durationOfMs,
  failureFromMessage,
  msOfDuration,
  msOfTimestamp,
  payloadFromMessage,
  payloadToMessage,
  questionFromMessage,
  usageFromMessage,
  valueOfJson,
} from '@skein/events';
import { Payload } from '@skein/domain';
import type { TaskAddress } from '../app/dispatcher.ts';
import type { RunTokens } from '../app/run-token.ts';
import type { Outgoing, Report } from '../app/executor-stream.ts';
import { idempotencyKey, type TaskOrder } from '../app/task-order.ts';

/** Executors refuse more. */
const MAX_RESUME_DETAILS_BYTES = 64 * 1024;

type ExchangeResponseInit = MessageInitShape<typeof ExchangeResponseSchema>;

/** A report from the wire; undefined where it says nothing. */
export function reportFromMessage(message: TaskReport, executorId: string): Report | undefined {
  const address = addressFromMessage(message.ref);
  const facts = factsFromMessage(message.facts, executorId);
  const { report } = message;
  switch (report.case) {
    case 'started':
      return { ...address, command: { kind: 'task_started', key: address.key, facts } };
    case 'heartbeat': {
      const resumeDetails = payloadFromMessage(report.value.resumeDetails);
      if (resumeDetails.bytes.byteLength > MAX_RESUME_DETAILS_BYTES) return undefined;
      return { ...address, command: { kind: 'task_heartbeat', key: address.key, resumeDetails } };
    }
    case 'succeeded': {
      const outcome = { output: payloadFromMessage(report.value.output) };
      return { ...address, command: { kind: 'task_ended', key: address.key, outcome, facts } };
    }
    case 'asked': {
      const outcome = { question: questionFromMessage(report.value) };
      return { ...address, command: { kind: 'task_ended', key: address.key, outcome, facts } };
    }
    case 'failed': {
      const outcome = { failure: failureFromMessage(report.value.failure) };
      return { ...address, command: { kind: 'task_ended', key: address.key, outcome, facts } };
    }
    default:
      return undefined;
  }
}

/** A delivery of a task from the wire. */
export function addressFromMessage(ref: TaskRef | undefined): TaskAddress {
  const { runId = '', nodeId = '', attempt = 0, dispatch = 0 } = ref ?? {};
  return { runId, key: { nodeId, attempt, dispatch } };
}

/**
 * The messages for an executor, at most one of each kind. A task and a claim come before their own cancellation, and before the
 * acknowledgement of an earlier delivery, which would make the executor forget the report that it needs.
 */
export function outgoingToMessages(outgoing: Outgoing, tokens: RunTokens): ExchangeResponseInit[] {
  const { tasks, acknowledged, cancelled, claimed, asksAnnouncement, members } = outgoing;
  const messages: ExchangeResponseInit[] = [];
  if (members !== undefined) {
    messages.push({ message: { case: 'members', value: { members: members.map((it) => ({ ...it })) } } });
  }
  if (tasks.length > 0)
    messages.push({ message: { case: 'tasks', value: { tasks: tasks.map((order) => taskToMessage(order, tokens)) } } });
  if (asksAnnouncement) messages.push({ message: { case: 'announcementRequest', value: {} } });
  if (claimed.length > 0) {
    messages.push({ message: { case: 'claims', value: { refs: claimed.map(refToMessage) } } });
  }
  if (cancelled.length > 0) {
    const cancellations = cancelled.map((it) => ({ ref: refToMessage(it), reason: it.reason }));
    messages.push({ message: { case: 'cancellations', value: { cancellations } } });
  }
  if (acknowledged.length > 0) {
    messages.push({ message: { case: 'acknowledgements', value: { refs: acknowledged.map(refToMessage) } } });
  }
  return messages;
}

/** A literal, as the events of every step are (libs/events, event-encode.ts). */
function taskToMessage(order: TaskOrder, tokens: RunTokens): Task {
  const { node, namespace, runId, key, resumeDetails, answer } = order;
  const { startToCloseMs, heartbeatMs } = node.timeouts;
  return {
    $typeName: 'skein.scheduler.v1.Task',
    ref: refToMessage(order),
    namespace,
    call: callToMessage(order),
    input: payloadToMessage(order.input),
    startToCloseTimeout: durationOfMs(startToCloseMs),
    heartbeatTimeout: heartbeatMs === undefined ? undefined : durationOfMs(heartbeatMs),
    traceparent: order.traceparent,
    resumeDetails: resumeDetails && payloadToMessage(resumeDetails),
    answer: answer && answerToMessage(answer),
    sessionId: order.sessionId,
    idempotencyKey: idempotencyKey(order),
    workflowId: order.workflowId,
    atMostOnce: node.delivery === 'at_most_once',
    runToken: node.work.kind === 'agent' ? tokens.issue({ namespace, runId, ...key }) : '',
  };
}

function answerToMessage({ value, state, turn }: Answer) {
  return create(AnswerSchema, { value: valueOfJson(value.value), state: valueOfJson(state), turn });
}

function callToMessage({ node: { work } }: TaskOrder): Task['call'] {
  switch (work.kind) {
    case 'llm': {
      const { model, role } = work;
      return { case: 'llm', value: { $typeName: 'skein.scheduler.v1.LlmCall', model, role } };
    }
    case 'agent':
      return { case: 'agent', value: agentCallToMessage(work) };
    case 'rpc': {
      const { serviceId, method } = work;
      return { case: 'rpc', value: { $typeName: 'skein.scheduler.v1.RpcCall', serviceId, method } };
    }
    case 'tool':
      return { case: 'tool', value: { $typeName: 'skein.scheduler.v1.ToolCall', toolId: work.toolId } };
    default:
      throw new RangeError(`a ${work.kind} node is never a task`);
  }
}

function agentCallToMessage({ agentId, version = '', skill = '', config, fallback }: AgentWork): AgentCall {
  return {
    $typeName: 'skein.scheduler.v1.AgentCall',
    agentId,
    version,
    skillId: skill,
    config: Object.keys(config).length === 0 ? undefined : payloadToMessage(Payload.fromValue(config)),
    fallback: fallback && { $typeName: 'skein.scheduler.v1.Fallback', agentIds: [...fallback] },
  };
}

/** A delivery of a task for the wire. */
export function refToMessage({ runId, key: { nodeId, attempt, dispatch } }: TaskAddress): TaskRef {
  return { $typeName: 'skein.scheduler.v1.TaskRef', runId, nodeId, attempt, dispatch };
}

function factsFromMessage(facts: CallFactsMessage | undefined, executorId: string): CallFacts {
  return {
    executorId,
    target: facts?.target ?? '',
    targetVersion: facts?.targetVersion ?? '',
    targetAgentId: facts?.targetAgentId || undefined,
    instancesTried: facts?.instancesTried || undefined,
    startedAtMs: facts?.startedAt === undefined ? undefined : msOfTimestamp(facts.startedAt),
    latencyMs: msOfDuration(facts?.latency) ?? 0,
    usage: usageFromMessage(facts?.usage),
    streamedBytes: Number(facts?.streamedBytes ?? 0),
    prompt: promptFromMessage(facts?.prompt),
  };
}

function promptFromMessage(prompt: PromptFactsMessage | undefined): PromptFacts | undefined {
  if (prompt === undefined) return undefined;
  return { digest: prompt.digest, sizeBytes: Number(prompt.sizeBytes), turns: prompt.turns };
}
