/** The messages of skein.agent.v1, whichever way they travel. */
import { fromJson, toJson, type JsonValue } from '@bufbuild/protobuf';
import { durationMs, ValueSchema } from '@bufbuild/protobuf/wkt';
import type { InvokeResponse, Result } from '@skein/contracts/agent';
import { usageFromMessage } from '@skein/events';
import { agentCode, failed, passing } from '../domain/call-failure.ts';
import type { AgentAnswer, AgentRequest, CallSink } from './agent-protocol.ts';
import { boundedQuestion, questionOf, type InputRequired, type QuestionAnswer } from './agent-question.ts';

/** The request in the contract's words. */
export function invokeRequest(request: AgentRequest) {
  const { endpoint: _, timeoutMs: __, traceparent: ___, answer, input, config, resumeDetails, ...rest } = request;
  return {
    ...rest,
    input: fromJson(ValueSchema, input),
    ...(Object.keys(config).length === 0 ? {} : { config }),
    ...(resumeDetails === undefined ? {} : { resumeDetails: fromJson(ValueSchema, resumeDetails) }),
    ...(answer === undefined ? {} : { answer: answerMessage(answer) }),
  };
}

/**
 * What one response means; an answer once it is there.
 * @throws CallError for an error of the agent, and for what the contract does not allow.
 */
export function takeResponse(
  { event }: InvokeResponse,
  sink: CallSink,
  place: string,
): AgentAnswer | InputRequired | undefined {
  switch (event.case) {
    case 'delta':
      sink.delta(event.value.text);
      return undefined;
    case 'state':
      sink.state(event.value.state, event.value.detail);
      return undefined;
    case 'heartbeat': {
      const { resumeDetails } = event.value;
      sink.heartbeat(resumeDetails === undefined ? undefined : jsonOf(resumeDetails, place));
      return undefined;
    }
    case 'result':
      return answerOf(event.value, place);
    case 'question':
      return boundedQuestion(questionOf(event.value), place);
    case 'error': {
      const { code, message, retryable, retryAfter, details } = event.value;
      const retryAfterMs = retryAfter === undefined ? undefined : durationMs(retryAfter);
      throw failed(agentCode(code, 'UNKNOWN'), retryable, { message, place, retryAfterMs, details });
    }
    case undefined:
      throw passing('AGENT_PROTOCOL_VIOLATION', {
        message: 'the agent sent a response without an event',
        place,
        remedy: 'set exactly one of delta, state, heartbeat, result, error and question in every InvokeResponse',
      });
  }
}

function answerMessage({ value, state, turn }: QuestionAnswer) {
  return { value: fromJson(ValueSchema, value), state: fromJson(ValueSchema, state), turn };
}

function answerOf({ output, usage, metadata }: Result, place: string): AgentAnswer {
  return {
    output: output === undefined ? null : jsonOf(output, place),
    usage: usageFromMessage(usage),
    metadata,
  };
}

function jsonOf(output: NonNullable<Result['output']>, place: string): JsonValue {
  try {
    return toJson(ValueSchema, output);
  } catch (cause) {
    throw passing('AGENT_PROTOCOL_VIOLATION', {
      message: `what the agent sent is not a JSON value: ${cause instanceof Error ? cause.message : String(cause)}`,
      place,
      remedy: 'set exactly one kind in every google.protobuf.Value, and no NaN or Infinity',
      cause,
    });
  }
}
