/** Agents that are functions of this process. */
import type { JsonValue } from '@bufbuild/protobuf';
import { AgentProtocol } from '@skein/contracts/registry';
import type { AgentProtocolAdapter, AgentRequest, CallSink } from '../../app/agent-protocol.ts';
import { agentPlace } from '../../domain/agent-place.ts';
import { agentCode, CallError, failed, lasting, passing } from '../../domain/call-failure.ts';
import { NO_USAGE } from '../../domain/token-usage.ts';
import { AgentFunctionError, type AgentFunctions } from '../../app/agent-function.ts';

const PREFIX = 'inprocess:';

export function inProcessAdapter(functions: AgentFunctions): AgentProtocolAdapter {
  return {
    protocol: AgentProtocol.IN_PROCESS,
    async call(request, sink, signal) {
      const name = request.endpoint.startsWith(PREFIX) ? request.endpoint.slice(PREFIX.length) : request.endpoint;
      const place = agentPlace(request.agentId, request.endpoint);
      const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (called === undefined) {
        const known = Object.keys(functions).join(', ');
        throw lasting('AGENT_NOT_FOUND', {
          message: `this executor has no function ${name}; it has ${known === '' ? 'none' : known}`,
          place,
          remedy: 'give the executor the function, or register the agent with the name of one it has',
        });
      }
      try {
        return { output: checked(await called(callOf(request, sink, signal)), place), usage: NO_USAGE };
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof CallError ? error : failureFrom(error, place);
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function callOf(request: AgentRequest, sink: CallSink, signal: AbortSignal) {
  const { input, config, namespace, agentId, runId, nodeId, sessionId, skillId, idempotencyKey, attempt } = request;
  return {
    input,
    config,
    namespace,
    agentId,
    runId,
    nodeId,
    sessionId,
    skillId,
    idempotencyKey,
    attempt,
    resumeDetails: request.resumeDetails,
    signal,
    delta: (text: string) => sink.delta(text),
    state: (state: string, detail = '') => sink.state(state, detail),
    heartbeat: (resumeDetails?: JsonValue) => sink.heartbeat(resumeDetails),
  };
}

/** What a function returns is only as good as its types: a value that JSON has no words for is told apart here. */
function checked(output: JsonValue | undefined, place: string): JsonValue {
  try {
    if (output === undefined) return null;
    if (JSON.stringify(output) !== undefined) return output;
  } catch (cause) {
    throw passing('AGENT_PROTOCOL_VIOLATION', { message: 'the function did not return JSON', place, cause });
  }
  throw passing('AGENT_PROTOCOL_VIOLATION', { message: 'the function did not return JSON', place });
}

function failureFrom(error: unknown, place: string): CallError {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AgentFunctionError)) return failed('UNKNOWN', true, { message, place, cause: error });
  const { code, retryable, retryAfterMs } = error;
  return failed(agentCode(code, 'UNKNOWN'), retryable, { message, place, retryAfterMs, cause: error });
}
