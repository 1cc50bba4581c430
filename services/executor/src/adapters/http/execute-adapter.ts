/**
 * Agents that answer `POST /execute`: {id, type, payload, context} → {success, data, error, metadata}.
 *
 * The task is sent in its full form, of which {type, payload} is a part; an agent that refuses members it does not know
 * is given `execute_form: minimal` in its config. The output is the answer's `data`.
 */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TrustedRoots } from '@skein/rpc';
import type { AgentProtocolAdapter, AgentRequest } from '../../app/agent-protocol.ts';
import { agentPlace } from '../../domain/agent-place.ts';
import { CallError, passing } from '../../domain/call-failure.ts';
import { saysUnknownType, taskResult, typedTask, unknownType, type TypedTask } from '../../domain/execute-task.ts';
import { agentUrl } from './agent-url.ts';
import { HttpConnections } from './http-connections.ts';
import { requestHeaders } from './request-headers.ts';

/** Member of the config that chooses what is sent; `minimal`: {type, payload} alone. */
const FORM_SETTING = 'execute_form';
/** Members of the config that speak to this adapter, not to the agent. */
const OWN_SETTINGS: ReadonlySet<string> = new Set([FORM_SETTING, 'task_type']);

/** @param roots whom connections over TLS trust. Default: as Node.js does. */
export function executeAdapter(roots?: TrustedRoots): AgentProtocolAdapter {
  const connections = new HttpConnections(roots);
  return {
    protocol: AgentProtocol.HTTP_EXECUTE,
    async call(request, _sink, signal) {
      const place = agentPlace(request.agentId, request.endpoint);
      const task = typedTask(request, place);
      const post = {
        url: agentUrl(request.endpoint, '/execute', place),
        headers: { accept: 'application/json', ...requestHeaders(request) },
        body: JSON.stringify(bodyOf(request, task)),
        place,
        signal,
      };
      let text: string;
      try {
        text = await connections.postForText(post, 'json');
      } catch (error) {
        throw refusalOf(error, task.type, place);
      }
      return taskResult(parsed(text, place), task.type, place);
    },
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}

function bodyOf(request: AgentRequest, { type, payload }: TypedTask): JsonObject {
  const { config, taskId } = request;
  if (config[FORM_SETTING] === 'minimal') return { type, payload };
  return { id: taskId, type, payload, context: contextOf(request) };
}

function contextOf(request: AgentRequest): JsonObject {
  const { namespace, agentId, runId, nodeId, sessionId, idempotencyKey, attempt, dispatch, resumeDetails } = request;
  const settings = Object.entries(request.config).filter(([name]) => !OWN_SETTINGS.has(name));
  return {
    requestId: idempotencyKey,
    ...(sessionId === '' ? {} : { sessionId }),
    namespace,
    agentId,
    runId,
    nodeId,
    attempt,
    dispatch,
    config: Object.fromEntries(settings),
    ...(resumeDetails === undefined ? {} : { resumeDetails }),
  };
}

/** Status 400 with words such as "unknown task type" is the dialect's way to refuse a type. */
function refusalOf(error: unknown, type: string, place: string): unknown {
  if (!(error instanceof CallError) || error.failure.details?.['http_status'] !== 400) return error;
  const { message } = error.failure;
  return saysUnknownType(message) ? unknownType(type, message, place) : error;
}

function parsed(text: string, place: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const message = `the answer is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw passing('AGENT_PROTOCOL_VIOLATION', { message, place, remedy: 'answer POST /execute with JSON', cause });
  }
}
