import { findTicket, HttpFailure, isJsonObject, type JsonObject, type Ticket } from '@skein/example-agent-host';

/** What POST /invoke asks for. */
export interface InvokeRequest {
  /** Empty: the caller named none. */
  readonly runId: string;
  /** Undefined: the request holds no text to work on. */
  readonly ticket: Ticket | undefined;
}

/** Reads the body of POST /invoke: `{run_id, input_message: {role, content}, messages, context}`. */
export function readInvokeRequest(body: JsonObject): InvokeRequest {
  const { run_id: runId = '', input_message: message = null, messages = [], context = {} } = body;
  if (typeof runId !== 'string') throw invalid('`run_id` must be a text');
  if (message !== null && !isJsonObject(message)) {
    throw invalid('`input_message` must be an object: {"role": "user", "content": "…"}');
  }
  if (!Array.isArray(messages)) throw invalid('`messages` must be a list');
  return { runId, ticket: findTicket([{ input_message: message, input: body['input'] ?? null, context, messages }]) };
}

const invalid = (message: string) => new HttpFailure(400, 'INVALID_REQUEST', message);
