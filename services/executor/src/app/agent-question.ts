/**
 * The third way a call can end: the agent needs something from a person before it goes on.
 *
 * Owns what a question is, and the one place that says what becomes of it. Does not own how agents ask.
 */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { agentPlace } from '../domain/agent-place.ts';
import { lasting } from '../domain/call-failure.ts';
import type { AgentAnswer, AgentProtocolAdapter, AgentRequest, CallSink } from './agent-protocol.ts';

/** What an agent asks. */
export interface InputRequired {
  /** `auth`: it asks for credentials, or for permission; what it is given is not an authorisation by itself. */
  readonly kind: 'input' | 'auth';
  /** For people. */
  readonly message: string;
  /** JSON Schema of the answer; undefined: anything. */
  readonly schema: JsonObject | undefined;
  /** To be handed back with the answer; means nothing to anybody but the adapter. */
  readonly state: JsonObject;
}

/** The answer to a question, for the next call of the same work. */
export interface QuestionAnswer {
  readonly value: JsonValue;
  /** That of the question. */
  readonly state: JsonObject;
}

/** An adapter for agents that may ask. The promises of AgentProtocolAdapter hold. */
export interface AskingAdapter extends Omit<AgentProtocolAdapter, 'call'> {
  call(request: AgentRequest, sink: CallSink, signal: AbortSignal): Promise<AgentAnswer | InputRequired>;
}

/** Whether a call has ended with a question. */
export function isQuestion(ending: AgentAnswer | InputRequired): ending is InputRequired {
  return 'kind' in ending;
}

/** Calls agents that may ask, for those who cannot answer: a question fails the task, with all that would answer it. */
export function failingQuestions(adapter: AskingAdapter): AgentProtocolAdapter {
  return {
    protocol: adapter.protocol,
    async call(request, sink, signal) {
      const ending = await adapter.call(request, sink, signal);
      if (!isQuestion(ending)) return ending;
      const { kind, message, schema, state } = ending;
      throw lasting('AGENT_INPUT_REQUIRED', {
        message: kind === 'auth' ? `the agent asks for authorisation: ${message}` : `the agent asks: ${message}`,
        place: agentPlace(request.agentId, request.endpoint),
        remedy: 'give the node an input that answers it',
        details: { kind, message, state, ...(schema === undefined ? {} : { schema }) },
      });
    },
    [Symbol.asyncDispose]: () => adapter[Symbol.asyncDispose](),
  };
}
