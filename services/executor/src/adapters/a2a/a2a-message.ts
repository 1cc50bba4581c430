/** What an A2A agent is sent. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { Role, type Part, type SendMessageRequest } from '@a2a-js/sdk';
import type { AgentRequest } from '../../app/agent-protocol.ts';
import { isJsonObject } from '../../domain/json-object.ts';
import { heldText } from '../../domain/user-text.ts';
import { taskStateIn } from './task-reference.ts';

/** Messages of a task's history that are asked for: an agent that leaves no artifact may have answered there. */
export const HISTORY_LENGTH = 2;

/** `tenant`: empty: none. */
export function sendRequest(request: AgentRequest, tenant: string): SendMessageRequest {
  const { answer, sessionId } = request;
  const about = answer === undefined ? undefined : taskStateIn(answer.state);
  return {
    tenant,
    message: {
      // The same for every delivery of an attempt, another after each answer to a question.
      messageId: request.idempotencyKey,
      contextId: about?.contextId ?? sessionId,
      taskId: about?.taskId ?? '',
      role: Role.ROLE_USER,
      parts: partsOf(answer === undefined ? request.input : answer.value),
      metadata: metadataOf(request),
      extensions: [],
      referenceTaskIds: [],
    },
    configuration: {
      acceptedOutputModes: [],
      taskPushNotificationConfig: undefined,
      historyLength: HISTORY_LENGTH,
      returnImmediately: false,
    },
    metadata: undefined,
  };
}

/**
 * A text is a text part. An object in which a text is found is that text, and, where there is more in it, the object
 * as a data part; anything else is a data part alone.
 */
function partsOf(input: JsonValue): Part[] {
  const text = heldText(input);
  if (text === undefined) return [dataPart(input)];
  const isAll = !isJsonObject(input) || Object.keys(input).length === 1;
  return isAll ? [textPart(text)] : [textPart(text), dataPart(input)];
}

const textPart = (value: string): Part => part({ $case: 'text', value });
const dataPart = (value: JsonValue): Part => part({ $case: 'data', value });
const part = (content: NonNullable<Part['content']>): Part => ({
  content,
  metadata: undefined,
  filename: '',
  mediaType: '',
});

function metadataOf(request: AgentRequest): JsonObject {
  const { namespace, agentId, runId, nodeId, attempt, dispatch, idempotencyKey, skillId, config } = request;
  return {
    namespace,
    agent_id: agentId,
    run_id: runId,
    node_id: nodeId,
    attempt,
    dispatch,
    idempotency_key: idempotencyKey,
    ...(skillId === '' ? {} : { skill_id: skillId }),
    ...(Object.keys(config).length === 0 ? {} : { config }),
  };
}
