/** An agent over `POST /invoke`, as the rules see it. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { HttpForm } from '../http/form-rules.ts';
import { HttpSubject, identity, isObject, objectOf, textIn, type HttpAnswer } from '../http/http-subject.ts';
import { serverSentEvents } from '../http/server-sent-events.ts';

/** One event of an answer. */
export interface AgentEvent {
  readonly event: string;
  /** Undefined: no JSON object. */
  readonly data: JsonObject | undefined;
  readonly text: string;
}

/** Events that the platform listens to. */
const KNOWN: ReadonlySet<string> = new Set(['delta', 'state', 'heartbeat', 'done', 'error']);

export class InvokeSubject extends HttpSubject {
  /** Asks as the platform does; with the ordinary input, unless there is another. */
  ask(input: JsonValue = this.input, signal?: AbortSignal): Promise<HttpAnswer> {
    const { runId, key, headers } = identity();
    const names = { namespace: 'conformance', node_id: 'node', idempotency_key: key, attempt: 1, dispatch: 1 };
    const given = isObject(input) ? input['input_message'] : undefined;
    const message = isObject(given) ? given : { role: 'user', content: textIn(input) };
    const messages = isObject(input) && Array.isArray(input['messages']) ? input['messages'] : [message];
    const ids = { agent_id: 'agent', session_id: '', run_id: runId };
    const body = { ...ids, input_message: message, messages, context: { input, config: {}, ...names } };
    return this.post('invoke', JSON.stringify(body), { accept: 'text/event-stream', ...headers }, signal);
  }
}

/** The events that the platform listens to, in their order. */
export function eventsOf({ text }: HttpAnswer): AgentEvent[] {
  const known = serverSentEvents(text).filter(({ event }) => KNOWN.has(event));
  return known.map(({ event, data }) => ({ event, data: objectOf(data), text: data }));
}

export const isEnd = ({ event }: AgentEvent): boolean => event === 'done' || event === 'error';

/** An answer that the platform reads has an end. */
export const INVOKE_FORM: HttpForm<InvokeSubject> = {
  name: 'http-invoke-sse',
  path: 'invoke',
  ask: (subject, input, signal) => subject.ask(input, signal),
  isReadable: (answer) => answer.contentType.startsWith('text/event-stream') && eventsOf(answer).some(isEnd),
};
