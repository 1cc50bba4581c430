/**
 * HTTP to agents: pooled keep-alive connections, one POST at a time on each.
 *
 * Owns the connections. Time limits are the caller's: its signal ends a request at any stage.
 */
import type { TrustedRoots } from '@skein/rpc';
import { request, type Agent, type Dispatcher } from 'undici';
import { tooLarge } from '../../domain/output-limit.ts';
import { agentDispatcher } from './agent-dispatcher.ts';
import { excerpt, MAX_EXCERPT_BYTES } from './body-excerpt.ts';
import { demandContentType, isOfType, type WantedType } from './content-type.ts';
import { httpFailure } from './http-failure.ts';
import { statusFailure } from './status-failure.ts';
import { utf8Text } from './utf8-text.ts';
import { wholeAnswer, type WholeAnswer } from './whole-answer.ts';

/** One request to an agent. */
export interface AgentPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string;
  /** For messages: the agent and its address. */
  readonly place: string;
  readonly signal: AbortSignal;
}

/** A 2xx answer whose body is still to be read. */
export type AgentResponse = Pick<Dispatcher.ResponseData, 'headers' | 'body'>;

/** Largest body that is read: an output of the largest size with room for what is around it. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

function wantedBytes(statusCode: number, headers: WholeAnswer['headers'], wanted: WantedType): number {
  if (statusCode > 299) return MAX_EXCERPT_BYTES;
  return isOfType(headers, wanted) ? MAX_BODY_BYTES : 0;
}

export class HttpConnections implements AsyncDisposable {
  readonly #dispatcher: Agent;

  /** @param roots whom connections over TLS trust. Default: as Node.js does. */
  constructor(roots?: TrustedRoots) {
    this.#dispatcher = agentDispatcher(roots);
  }

  /**
   * Posts and waits for the head of the answer.
   * @throws CallError when the agent cannot be reached or answers with a status other than 2xx; the signal's reason.
   */
  async post({ url, headers, body, place, signal }: AgentPost): Promise<AgentResponse> {
    let response: Dispatcher.ResponseData;
    try {
      response = await request(url, {
        dispatcher: this.#dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw httpFailure(error, place);
    }
    // A body that is dropped before its end says so with an error that nobody may be listening for.
    response.body.on('error', () => {});
    if (response.statusCode >= 200 && response.statusCode <= 299) return response;
    throw statusFailure(response, await excerpt(response.body), place);
  }

  /**
   * Posts and reads the whole answer as text.
   * @throws CallError as `post`, and when the answer is not of the wanted type, too large or not UTF-8.
   */
  async postForText({ url, headers, body, place, signal }: AgentPost, wanted: WantedType): Promise<string> {
    let answer: WholeAnswer;
    try {
      const { origin, pathname, search } = url;
      answer = await wholeAnswer(
        this.#dispatcher,
        {
          origin,
          path: search === '' ? pathname : pathname + search,
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        },
        signal,
        (statusCode, head) => wantedBytes(statusCode, head, wanted),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw httpFailure(error, place);
    }
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      throw statusFailure(answer, answer.body.toString('utf8'), place);
    }
    demandContentType(answer, wanted, place);
    if (!answer.isWhole) throw tooLarge(place);
    return utf8Text(answer.body, place);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#dispatcher.destroy();
  }
}
