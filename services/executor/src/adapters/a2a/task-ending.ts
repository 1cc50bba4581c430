/** What the ending of an A2A task is for the node: an answer, a question, or a failure. */
import type { JsonObject } from '@bufbuild/protobuf';
import { TaskState, type Part } from '@a2a-js/sdk';
import type { AgentAnswer } from '../../app/agent-protocol.ts';
import type { InputRequired } from '../../app/agent-question.ts';
import { agentCode, failed, lasting, type CallError } from '../../domain/call-failure.ts';
import { isJsonObject, textMember } from '../../domain/json-object.ts';
import { usageOf } from '../../domain/token-usage.ts';
import { textOf } from './a2a-output.ts';
import { questionState, type TaskReference } from './task-reference.ts';
import type { TaskEnding } from './task-progress.ts';

/** @throws CallError where the task failed, was rejected or cancelled. */
export function endingOf(
  ending: TaskEnding,
  task: TaskReference | undefined,
  place: string,
): AgentAnswer | InputRequired {
  const { metadata } = ending;
  if (ending.kind === 'answered') return { output: ending.output, usage: usageOf(metadata['usage']), metadata };
  const { state, parts } = ending;
  switch (state) {
    case TaskState.TASK_STATE_INPUT_REQUIRED:
      return question('input', parts, task);
    case TaskState.TASK_STATE_AUTH_REQUIRED:
      return question('auth', parts, task);
    case TaskState.TASK_STATE_REJECTED:
      throw rejection(parts, 'the agent rejects the task', place);
    case TaskState.TASK_STATE_CANCELED:
      throw rejection(parts, 'the agent has cancelled the task', place);
    default:
      throw failure(parts, metadata, place);
  }
}

/** Bounds of what is kept of a question: a failure's details have to hold it. */
const MAX_MESSAGE_LENGTH = 4096;
const MAX_SCHEMA_BYTES = 32 * 1024;

function question(kind: InputRequired['kind'], parts: readonly Part[], task: TaskReference | undefined): InputRequired {
  const data = dataIn(parts);
  const schema = [data['schema'], data['requested_schema'], data['requestedSchema'], data].find(isSchema);
  const message = textOf(parts) || (textMember(data, 'message') ?? 'the agent does not say what it needs');
  const { taskId = '', contextId = '' } = task ?? {};
  return {
    kind,
    message: message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed(),
    schema,
    state: questionState({ taskId, contextId }),
  };
}

/** A JSON Schema of an object, which is what forms are made of; one that is too large is no help to anybody. */
function isSchema(value: unknown): value is JsonObject {
  const object = value as JsonObject | undefined;
  if (!isJsonObject(object) || object['type'] !== 'object' || !isJsonObject(object['properties'])) return false;
  return Buffer.byteLength(JSON.stringify(object)) <= MAX_SCHEMA_BYTES;
}

const rejection = (parts: readonly Part[], what: string, place: string): CallError =>
  lasting('AGENT_REJECTED', {
    message: textOf(parts) === '' ? what : `${what}: ${textOf(parts)}`,
    place,
    remedy: 'see the log of the agent; change what it is asked',
  });

/** A data part, or the metadata, may say what went wrong: {code, message, retryable}. */
function failure(parts: readonly Part[], metadata: JsonObject, place: string): CallError {
  const data = dataIn(parts);
  const error = [data['error'], metadata['error'], data].find((it) => isJsonObject(it)) ?? {};
  const code = error['code'] ?? data['error_code'] ?? metadata['error_code'];
  const retryable = (error['retryable'] ?? metadata['retryable']) !== false;
  const said = textOf(parts) || (textMember(error, 'message') ?? 'the agent failed the task and does not say why');
  return failed(agentCode(code, 'AGENT_ERROR_STATUS'), retryable, {
    message: said,
    place,
    remedy: 'see the log of the agent',
  });
}

/** The first data part that is an object. */
function dataIn(parts: readonly Part[]): JsonObject {
  for (const { content } of parts) {
    const value = content?.$case === 'data' ? (content.value as JsonObject | undefined) : undefined;
    if (isJsonObject(value)) return value;
  }
  return {};
}
