/** Calls an object of this process by task type. */
import type { JsonValue } from '@bufbuild/protobuf';
import type { AgentFunctionCall, AgentObject, AgentObjectTask } from '../../app/agent-function.ts';
import { taskResult, typedTask, unknownType, type TaskResult, type TypedTask } from '../../domain/execute-task.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import { NO_USAGE } from '../../domain/token-usage.ts';
import { checked } from './checked-output.ts';

type Method = (
  this: AgentObject,
  ...args: readonly unknown[]
) => JsonValue | undefined | Promise<JsonValue | undefined>;

/** @throws CallError METHOD_NOT_FOUND where the object knows no task of the type; and what the object throws. */
export async function objectCall(agent: AgentObject, call: AgentFunctionCall, place: string): Promise<TaskResult> {
  const task = typedTask(call, place);
  const execute = methodOf(agent, 'execute');
  if (execute !== undefined) {
    return taskResult(checked(await execute.call(agent, taskOf(task, call)), place), task.type, place);
  }
  const method = methodOf(agent, task.type);
  if (method === undefined) throw unknownType(task.type, 'Method not found', place);
  const answer = checked(await method.call(agent, task.payload, call), place);
  if (isJsonObject(answer) && typeof answer['success'] === 'boolean') return taskResult(answer, task.type, place);
  return { output: answer, usage: NO_USAGE, metadata: undefined };
}

function taskOf({ type, payload }: TypedTask, call: AgentFunctionCall): AgentObjectTask {
  const { idempotencyKey: id, sessionId } = call;
  return { id, type, payload, context: { requestId: id, call, ...(sessionId === '' ? {} : { sessionId }) } };
}

/** A method of the object or its class; what every object has is no task type, nor is the constructor. */
function methodOf(agent: AgentObject, name: string): Method | undefined {
  if (name === 'constructor' || name in Object.prototype) return undefined;
  const member: unknown = Reflect.get(agent, name);
  return typeof member === 'function' ? (member as Method) : undefined;
}
