/** Which task of an A2A agent works on a call: as a question keeps it, and as heartbeats keep it for the next delivery. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { isJsonObject, textMember } from '../../domain/json-object.ts';

/** A task of an agent. */
export interface TaskReference {
  readonly taskId: string;
  readonly contextId: string;
}

/** The state of a question. */
export function questionState({ taskId, contextId }: TaskReference): JsonObject {
  return { taskId, contextId };
}

/** Reads what `questionState` wrote. */
export function taskStateIn(state: JsonValue): TaskReference {
  const kept = isJsonObject(state) ? state : {};
  return { taskId: textMember(kept, 'taskId') ?? '', contextId: textMember(kept, 'contextId') ?? '' };
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
