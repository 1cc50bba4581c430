/** Which task of an A2A agent works on a call: as a question keeps it, and as heartbeats keep it for the next delivery. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isJsonObject, textMember } from '../../domain/json-object.ts';

/** A task of an agent. */
export interface TaskReference {
  readonly taskId: string;
  readonly contextId: string;
}

/** A task that has asked. */
export interface AskingTask extends TaskReference {
  /** Its questions so far; from 1. */
  readonly turn: number;
}

/** The state of a question. */
export function questionState({ taskId, contextId, turn }: AskingTask): JsonObject {
  return { taskId, contextId, turn };
}

/** Reads what `questionState` wrote. */
export function taskStateIn(state: JsonObject): AskingTask {
  const { turn } = state;
  return {
    taskId: textMember(state, 'taskId') ?? '',
    contextId: textMember(state, 'contextId') ?? '',
    turn: typeof turn === 'number' ? turn : 1,
  };
}

/** Details of a heartbeat by which another delivery of the same message finds the task. */
export function resumeDetailsFor(messageId: string, { taskId, contextId }: TaskReference): JsonObject {
  return { a2a: { message_id: messageId, task_id: taskId, context_id: contextId } };
}

/** The task that an earlier delivery of this message has started; undefined: none is known. */
export function taskToResume(details: JsonValue | undefined, messageId: string): TaskReference | undefined {
  const kept = isJsonObject(details) ? details['a2a'] : undefined;
  if (!isJsonObject(kept) || kept['message_id'] !== messageId) return undefined;
  const taskId = textMember(kept, 'task_id');
  return taskId === undefined ? undefined : { taskId, contextId: textMember(kept, 'context_id') ?? '' };
}
