/**
 * Agents that answer `POST /process`: `{input, config}` → `{output}`.
 *
 * The input is `{user_query, context}`: the text to work on, and the whole input with the ids of the run. The output
 * is the answer's `output`; one whose `status` is `failed` or `error` is a failure.
 */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TrustedRoots } from '@skein/rpc';
import type { AgentAnswer, AgentProtocolAdapter, AgentRequest } from '../../app/agent-protocol.ts';
import { agentPlace } from '../../domain/agent-place.ts';
import { agentCode, failed, passing } from '../../domain/call-failure.ts';
import { isJsonObject, textMember } from '../../domain/json-object.ts';
import { usageOf } from '../../domain/token-usage.ts';
import { userText } from '../../domain/user-text.ts';
import { agentUrl } from './agent-url.ts';
import { HttpConnections } from './http-connections.ts';
import { requestHeaders } from './request-headers.ts';

const DEFAULT_MAX_TURNS = 5;
const FAILED_STATUSES: ReadonlySet<string> = new Set(['failed', 'error']);

/** @param roots whom connections over TLS trust. Default: as Node.js does. */
export function processAdapter(roots?: TrustedRoots): AgentProtocolAdapter {
  const connections = new HttpConnections(roots);
  return {
    protocol: AgentProtocol.HTTP_PROCESS,
    async call(request, _sink, signal) {
      const place = agentPlace(request.agentId, request.endpoint);
      const post = {
        url: agentUrl(request.endpoint, '/process', place),
        headers: { accept: 'application/json', ...requestHeaders(request) },
        body: JSON.stringify(bodyOf(request)),
        place,
        signal,
      };
      return answerOf(await connections.postForText(post, 'json'), place);
    },
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}

function bodyOf(request: AgentRequest): JsonObject {
  const { input, config, timeoutMs } = request;
  return {
    input: { user_query: userText(input), context: contextOf(request) },
    config: { timeout: Math.max(1, Math.floor(timeoutMs / 1000)), max_turns: DEFAULT_MAX_TURNS, ...config },
  };
}

function contextOf(request: AgentRequest): JsonObject {
  const { input, namespace, agentId, runId, nodeId, sessionId, skillId, idempotencyKey, attempt, dispatch } = request;
  const { resumeDetails } = request;
  return {
    input,
    namespace,
    agent_id: agentId,
    run_id: runId,
    node_id: nodeId,
    session_id: sessionId,
    idempotency_key: idempotencyKey,
    attempt,
    dispatch,
    ...(skillId === '' ? {} : { skill_id: skillId }),
    ...(resumeDetails === undefined ? {} : { resume_details: resumeDetails }),
  };
}

function answerOf(text: string, place: string): AgentAnswer {
  const body = parsed(text, place);
  const output = body['output'];
  const inner = isJsonObject(output) ? output : {};
  for (const part of [body, inner]) {
    const status = textMember(part, 'status')?.toLowerCase() ?? '';
    if (FAILED_STATUSES.has(status)) throw saysFailed(part, status, place);
  }
  if (output === undefined) throw violation('the answer has no `output`', place);
  return { output, usage: usageOf(body['usage'] ?? inner['usage']) };
}

function parsed(text: string, place: string): JsonObject {
  let body: JsonValue;
  try {
    body = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw violation(`the answer is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, place, cause);
  }
  if (!isJsonObject(body)) throw violation('the answer is not a JSON object', place);
  return body;
}

function saysFailed(part: JsonObject, status: string, place: string) {
  const error = isJsonObject(part['error']) ? part['error'] : {};
  const message =
    textMember(error, 'message') ??
    textMember(part, 'error_message') ??
    textMember(part, 'error') ??
    textMember(part, 'message') ??
    textMember(part, 'response') ??
    `the agent answered with status ${status}`;
  const code = agentCode(part['error_code'] ?? error['code'], 'AGENT_ERROR_STATUS');
  const retryable = (part['retryable'] ?? error['retryable']) !== false;
  return failed(code, retryable, { message, place, remedy: 'see the log of the agent' });
}

const violation = (message: string, place: string, cause?: unknown) =>
  passing('AGENT_PROTOCOL_VIOLATION', {
    message,
    place,
    remedy: 'answer POST /process with a JSON object that has an `output`',
    cause,
  });
