/** The task of agents that work by task type, and what they answer: `POST /execute` and objects of this process. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { agentCode, failed, lasting, passing, type CallError } from './call-failure.ts';
import { isJsonObject, textMember } from './json-object.ts';
import { usageOf, type Usage } from './token-usage.ts';

/** What decides a task's type and what it carries. */
export interface TaskAsked {
  readonly skillId: string;
  readonly input: JsonValue;
  readonly config: JsonObject;
}

/** A type and its payload. */
export interface TypedTask {
  readonly type: string;
  readonly payload: JsonValue;
}

/**
 * The type is the node's skill, else `task_type` of its config, else that of an input that is itself {type, payload}.
 * The payload is the input.
 * @throws CallError INVALID_FIELD where nothing names a type.
 */
export function typedTask({ skillId, input, config }: TaskAsked, place: string): TypedTask {
  const type = skillId === '' ? textMember(config, 'task_type') : skillId;
  if (type !== undefined) return { type, payload: input };
  if (isJsonObject(input) && 'payload' in input) {
    const given = textMember(input, 'type');
    if (given !== undefined) return { type: given, payload: input['payload'] ?? null };
  }
  throw lasting('INVALID_FIELD', {
    message: 'nothing says which type of task the agent is asked for',
    place,
    remedy: 'give the node a `skill`, or `task_type` in its config or that of the agent',
  });
}

/** What a task came to. */
export interface TaskResult {
  readonly output: JsonValue;
  readonly usage: Usage;
  readonly metadata: JsonObject | undefined;
}

/**
 * Reads {success, data, error, metadata}.
 * @throws CallError where it is none, or says that the task failed.
 */
export function taskResult(answer: JsonValue, type: string, place: string): TaskResult {
  if (!isJsonObject(answer) || typeof answer['success'] !== 'boolean') {
    throw passing('AGENT_PROTOCOL_VIOLATION', {
      message: 'the answer has no `success` that is true or false',
      place,
      remedy: 'answer with {success, data, error, metadata}',
    });
  }
  const metadata = isJsonObject(answer['metadata']) ? answer['metadata'] : undefined;
  if (!answer['success']) throw failedTask(answer, metadata ?? {}, type, place);
  const usage = usageOf(answer['usage'] ?? metadata?.['usage']);
  return { output: answer['data'] ?? null, usage, metadata };
}

/** The agent knows no task of this type. */
export const unknownType = (type: string, said: string, place: string): CallError =>
  lasting('METHOD_NOT_FOUND', {
    message: `the agent knows no task of type ${type}: ${said}`,
    place,
    remedy: 'give the node a `skill` that the agent knows',
  });

/** Whether what an agent says of a failure is that it does not know the type. */
export function saysUnknownType(text: string): boolean {
  return /\b(unknown|unsupported|no such) (task|type|method)\b|\bmethod not found\b/i.test(text);
}

function failedTask(answer: JsonObject, metadata: JsonObject, type: string, place: string): CallError {
  const error = isJsonObject(answer['error']) ? answer['error'] : {};
  const said = textMember(answer, 'error') ?? textMember(error, 'message') ?? 'the agent does not say why it failed';
  if (saysUnknownType(said)) return unknownType(type, said, place);
  const code = agentCode(answer['code'] ?? error['code'] ?? metadata['code'], 'AGENT_ERROR_STATUS');
  const retryable = (answer['retryable'] ?? error['retryable'] ?? metadata['retryable']) !== false;
  return failed(code, retryable, { message: said, place, remedy: 'see the log of the agent' });
}
