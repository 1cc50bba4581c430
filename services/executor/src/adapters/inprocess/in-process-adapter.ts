/** Agents that are functions or objects of this process. */
import type { JsonValue } from '@bufbuild/protobuf';
import { AgentProtocol } from '@skein/contracts/registry';
import type { AgentProtocolAdapter, AgentRequest, CallSink } from '../../app/agent-protocol.ts';
import { agentPlace } from '../../domain/agent-place.ts';
import { agentCode, CallError, failed, lasting } from '../../domain/call-failure.ts';
import { NO_USAGE } from '../../domain/token-usage.ts';
import { AgentFunctionError, type AgentFunction, type AgentFunctions } from '../../app/agent-function.ts';
import { checked } from './checked-output.ts';
import { objectCall } from './object-call.ts';

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
        const call = callOf(request, sink, signal);
        if (!isFunction(called)) return await objectCall(called, call, place);
        return { output: checked(await called(call), place), usage: NO_USAGE };
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof CallError ? error : failureFrom(error, place);
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A class is a function too, but not one to call: whoever hands it over makes the instance. */
function isFunction(called: AgentFunctions[string]): called is AgentFunction {
  return typeof called === 'function';
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
    runToken: request.runToken,
    signal,
    delta: (text: string) => sink.delta(text),
    state: (state: string, detail = '') => sink.state(state, detail),
    heartbeat: (resumeDetails?: JsonValue) => sink.heartbeat(resumeDetails),
  };
}

function failureFrom(error: unknown, place: string): CallError {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AgentFunctionError)) return failed('UNKNOWN', true, { message, place, cause: error });
  const { code, retryable, retryAfterMs } = error;
  return failed(agentCode(code, 'UNKNOWN'), retryable, { message, place, retryAfterMs, cause: error });
}
