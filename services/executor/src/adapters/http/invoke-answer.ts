import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { EventSourceMessage } from 'eventsource-parser';
import type { AgentAnswer, CallSink } from '../../app/agent-protocol.ts';
import { agentCode, failed, passing } from '../../domain/call-failure.ts';
import { isJsonObject, textMember } from '../../domain/json-object.ts';
import { NO_USAGE, usageOf, type Usage } from '../../domain/token-usage.ts';

/**
 * Puts one answer together from the events of `POST /invoke`.
 *
 * Owns the text so far. Ends with the first `done`; an `error` is thrown.
 */
export class InvokeAnswer {
  readonly #sink: CallSink;
  readonly #place: string;
  readonly #deltas: string[] = [];
  #output: JsonValue | undefined;
  #usage: Usage = NO_USAGE;

  constructor(sink: CallSink, place: string) {
    this.#sink = sink;
    this.#place = place;
  }

  /** Takes the next event; true when it was the last one. */
  take({ event, data }: EventSourceMessage): boolean {
    switch (event) {
      case 'delta': {
        const text = textOf(this.#parse(event, data)['text']);
        this.#deltas.push(text);
        if (text !== '') this.#sink.delta(text);
        return false;
      }
      case 'state': {
        const { state, detail } = this.#parse(event, data);
        this.#sink.state(textOf(state), textOf(detail));
        return false;
      }
      case 'heartbeat': {
        this.#sink.heartbeat(this.#parse(event, data)['resume_details']);
        return false;
      }
      case 'done': {
        const { final_message: final, usage } = this.#parse(event, data);
        this.#output = { response: messageText(final) ?? this.#deltas.join('') };
        this.#usage = usageOf(usage);
        return true;
      }
      case 'error':
        throw this.#failure(this.#parse(event, data));
      default:
        // Agents may say more than the platform listens to.
        return false;
    }
  }

  /**
   * The answer.
   * @throws CallError AGENT_PROTOCOL_VIOLATION where the stream ended before `done`.
   */
  complete(): AgentAnswer {
    if (this.#output === undefined) throw this.#violation('the agent ended its stream without `done` or `error`');
    return { output: this.#output, usage: this.#usage };
  }

  #parse(event: string, data: string): JsonObject {
    let value: JsonValue;
    try {
      value = JSON.parse(data) as JsonValue;
    } catch (cause) {
      throw this.#violation(`the data of event \`${event}\` is not JSON`, cause);
    }
    if (!isJsonObject(value)) throw this.#violation(`the data of event \`${event}\` is not a JSON object`);
    return value;
  }

  #failure(data: JsonObject) {
    const error = isJsonObject(data['error']) ? data['error'] : data;
    const message = textMember(error, 'message') ?? 'the agent reported an error without a message';
    const retryable = error['retryable'] !== false;
    const place = this.#place;
    return failed(agentCode(error['code'], 'AGENT_ERROR_STATUS'), retryable, {
      message,
      place,
      remedy: 'see the log of the agent',
    });
  }

  #violation(message: string, cause?: unknown) {
    const remedy = 'answer POST /invoke with events whose data are JSON objects, the last of them `done` or `error`';
    return passing('AGENT_PROTOCOL_VIOLATION', { message, place: this.#place, remedy, cause });
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A final message is a text, or a chat message that holds one. Undefined where there is none. */
function messageText(final: JsonValue | undefined): string | undefined {
  if (typeof final === 'string') return final;
  return isJsonObject(final) ? textMember(final, 'content') : undefined;
}
