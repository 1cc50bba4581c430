/** What an agent is told of its task. */
import type { JsonObject } from '@bufbuild/protobuf';
import type { AgentCall } from '@skein/contracts/scheduler';
import type { AgentRoutes, CallTarget } from '../domain/agent-routes.ts';
import { isJsonObject } from '../domain/json-object.ts';
import { parseJsonText } from '../domain/json-text.ts';
import { deliveryKey } from '../domain/task-address.ts';
import type { AgentRequest } from './agent-protocol.ts';
import { answerOf } from './agent-question.ts';
import type { CallContext } from './call-context.ts';

/** The request for an instance. */
export function requestOf(
  call: AgentCall,
  context: CallContext,
  { agentId }: AgentRoutes,
  target: CallTarget,
): AgentRequest {
  const { task, clock, traceparent } = context;
  const { runId = '', nodeId = '', attempt = 0, dispatch = 0 } = task.ref ?? {};
  return {
    namespace: task.namespace,
    agentId,
    endpoint: target.endpoint,
    taskId: task.ref === undefined ? '' : deliveryKey(task.ref),
    idempotencyKey: task.idempotencyKey,
    attempt,
    dispatch,
    runId,
    nodeId,
    sessionId: task.sessionId,
    skillId: call.skillId,
    input: parseJsonText(task.input?.json ?? new Uint8Array()),
    resumeDetails: task.resumeDetails === undefined ? undefined : parseJsonText(task.resumeDetails.json),
    answer: answerOf(task.answer),
    config: configOf(call, target),
    timeoutMs: clock.remainingMs,
    traceparent,
    runToken: task.runToken,
  };
}

/** The agent's settings under those of the node. */
function configOf(call: AgentCall, { config }: CallTarget): JsonObject {
  const ofNode = parseJsonText(call.config?.json ?? new Uint8Array());
  if (!isJsonObject(ofNode)) return config ?? {};
  return config === undefined ? ofNode : { ...config, ...ofNode };
}
