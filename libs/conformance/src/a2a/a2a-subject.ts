/**
 * An A2A agent, as the rules see it: its card, and its JSON-RPC.
 *
 * Owns what was read of the card, once. Agents without JSON-RPC of 1.0 or 0.3 have their card looked at alone.
 */
import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { CARD_PATHS, cardUrls, readCard, type A2aCard } from '@skein/a2a';
import { HttpSubject, isObject, objectOf, type HttpAnswer } from '../http/http-subject.ts';
import { serverSentEvents } from '../http/server-sent-events.ts';
import { skipped, type Finding } from '../rule.ts';
import { headersOf, messageOf, methodOf, replyOf, type Operation, type Reply, type RpcDialect } from './a2a-dialect.ts';

/** A card, and where it was found. */
export interface FoundCard {
  readonly url: string;
  readonly value: JsonObject;
  readonly card: A2aCard;
}

/** Where an agent is called. */
export interface RpcInterface {
  readonly url: string;
  readonly dialect: RpcDialect;
}

/** How a call went. */
export interface RpcAnswer {
  readonly http: HttpAnswer;
  /** The envelopes: one, or one for each event of a stream. */
  readonly envelopes: readonly JsonObject[];
  readonly result: JsonValue | undefined;
  /** Undefined: there is no error in it. */
  readonly errorCode: number | undefined;
}

export class A2aSubject extends HttpSubject {
  #card: Promise<FoundCard> | undefined;

  /** Throws where there is none that can be read. */
  card(): Promise<FoundCard> {
    return (this.#card ??= this.#readCard());
  }

  /** Looks at what is spoken over JSON-RPC; skipped where nothing is. */
  async overRpc(look: (rpc: RpcInterface) => Promise<Finding>): Promise<Finding> {
    const { card } = await this.card();
    const spoken = card.interfaces.find(({ binding, dialect }) => binding === 'JSONRPC' && dialect !== '1.0-draft');
    if (spoken === undefined || spoken.dialect === '1.0-draft') {
      return skipped('its card names no JSON-RPC of 1.0 or 0.3, which is what the kit speaks');
    }
    return look({ url: spoken.url, dialect: spoken.dialect });
  }

  /** Calls a method by name. */
  async call(
    { url, dialect }: RpcInterface,
    method: string,
    params: JsonObject,
    signal?: AbortSignal,
  ): Promise<RpcAnswer> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: randomUUID(), method, params });
    const accept = 'application/json, text/event-stream';
    const http = await this.post(url, body, { accept, ...headersOf(dialect) }, signal);
    const isStream = http.contentType.startsWith('text/event-stream');
    const texts = isStream ? serverSentEvents(http.text).map(({ data }) => data) : [http.text];
    const envelopes = texts.map(objectOf).filter((value) => value !== undefined);
    const last = envelopes.at(-1);
    const error = isObject(last?.['error']) ? last['error']['code'] : undefined;
    return { http, envelopes, result: last?.['result'], errorCode: typeof error === 'number' ? error : undefined };
  }

  /** Sends the ordinary input, unless there is another. */
  send(
    rpc: RpcInterface,
    how: 'send' | 'stream' = 'send',
    input = this.input,
    signal?: AbortSignal,
  ): Promise<RpcAnswer> {
    return this.call(rpc, methodOf(rpc.dialect, how), messageOf(rpc.dialect, input), signal);
  }

  /** Asks about a task. */
  about(rpc: RpcInterface, operation: Operation & ('get' | 'cancel'), taskId: string): Promise<RpcAnswer> {
    return this.call(rpc, methodOf(rpc.dialect, operation), { id: taskId });
  }

  async #readCard(): Promise<FoundCard> {
    for (const url of cardUrls(this.options.address)) {
      const response = await fetch(url, { headers: { accept: 'application/json', 'a2a-version': '1.0' } });
      const text = await response.text();
      if (!response.ok) continue;
      const value = objectOf(text);
      if (value === undefined) throw new Error(`the card at ${url} is no JSON object`);
      return { url, value, card: readCard(value, url) };
    }
    throw new Error(`there is no card at ${CARD_PATHS.join(' or ')}`);
  }
}

/** What the last envelope of an answer holds. */
export const lastReply = ({ dialect }: RpcInterface, { result }: RpcAnswer): Reply | undefined =>
  replyOf(dialect, result);

/** In words, for a report. */
export function describeRpc({ http, errorCode }: RpcAnswer): string {
  const shown = http.text.length <= 200 ? http.text : `${http.text.slice(0, 200)}…`;
  return `status ${http.status}${errorCode === undefined ? '' : `, error ${errorCode}`}: ${shown}`;
}
