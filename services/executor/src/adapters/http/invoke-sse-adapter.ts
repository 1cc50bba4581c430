/**
 * Agents that answer `POST /invoke` with server-sent events: any number of `delta` {text} and `state` {state,
 * detail}, then one `done` {final_message, usage} or `error` {code, message}.
 *
 * The output is `{response: final_message}`, so that it reads like that of `POST /process`; without a final message
 * the response is the text of the deltas.
 */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TrustedRoots } from '@skein/rpc';
import type { AgentProtocolAdapter, AgentRequest } from '../../app/agent-protocol.ts';
import { agentPlace } from '../../domain/agent-place.ts';
import { isJsonObject, textMember } from '../../domain/json-object.ts';
import { userText } from '../../domain/user-text.ts';
import { agentUrl } from './agent-url.ts';
import { demandContentType } from './content-type.ts';
import { HttpConnections } from './http-connections.ts';
import { InvokeAnswer } from './invoke-answer.ts';
import { requestHeaders } from './request-headers.ts';
import { readEvents } from './sse-reader.ts';

/** @param roots whom connections over TLS trust. Default: as Node.js does. */
export function invokeSseAdapter(roots?: TrustedRoots): AgentProtocolAdapter {
  const connections = new HttpConnections(roots);
  return {
    protocol: AgentProtocol.HTTP_INVOKE_SSE,
    async call(request, sink, signal) {
      const place = agentPlace(request.agentId, request.endpoint);
      const response = await connections.post({
        url: agentUrl(request.endpoint, '/invoke', place),
        headers: { accept: 'text/event-stream', ...requestHeaders(request) },
        body: JSON.stringify(bodyOf(request)),
        place,
        signal,
      });
      try {
        demandContentType(response, 'event-stream', place);
      } catch (error) {
        response.body.destroy();
        throw error;
      }
      const answer = new InvokeAnswer(sink, place);
      await readEvents(response, (event) => answer.take(event), place, signal);
      return answer.complete();
    },
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}

function bodyOf(request: AgentRequest): JsonObject {
  const { input, agentId, sessionId, runId, config } = request;
  const { namespace, nodeId, skillId, idempotencyKey, attempt, dispatch, resumeDetails } = request;
  const message = messageOf(input);
  return {
    agent_id: agentId,
    session_id: sessionId,
    run_id: runId,
    input_message: message,
    messages: isJsonObject(input) && Array.isArray(input['messages']) ? input['messages'] : [message],
    context: {
      input,
      config,
      namespace,
      node_id: nodeId,
      idempotency_key: idempotencyKey,
      attempt,
      dispatch,
      ...(skillId === '' ? {} : { skill_id: skillId }),
      ...(resumeDetails === undefined ? {} : { resume_details: resumeDetails }),
    },
  };
}

/** An input that brings its own message keeps it; any other is what the user says. */
function messageOf(input: JsonValue): JsonObject {
  const given = isJsonObject(input) ? input['input_message'] : undefined;
  if (isJsonObject(given) && textMember(given, 'role') !== undefined && given['content'] !== undefined) return given;
  return { role: 'user', content: userText(input) };
}
