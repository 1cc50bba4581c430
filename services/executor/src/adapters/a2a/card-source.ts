/** Where an A2A agent is called, found out from its card, or at a bare gRPC address from what the server answers. */
import type { JsonValue } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { CARD_PATHS, cardUrls, readCard, UnreadableCardError, type A2aInterface } from '@skein/a2a';
import type { TrustedRoots } from '@skein/rpc';
import { request, type Dispatcher } from 'undici';
import { httpFailure } from '../http/http-failure.ts';
import { statusFailure } from '../http/status-failure.ts';
import { excerpt } from '../http/body-excerpt.ts';
import { utf8Text } from '../http/utf8-text.ts';
import { a2aFailure, isRefusedOperation, isUnknownTask, violation } from './a2a-failure.ts';
import { openTransport } from './a2a-transport.ts';

const MAX_CARD_BYTES = 256 * 1024;
/** No task of anybody: whoever knows the operation answers that there is none. */
const NO_TASK = 'skein-probe';

/** How an agent is called. */
export interface CalledBy {
  readonly spoken: A2aInterface;
  /** Whether to ask for a stream first; an agent that refuses is asked again without. */
  readonly streaming: boolean;
}

/** The way to what is asked. */
export interface WayToAgent {
  readonly endpoint: string;
  /** Headers or metadata that let the question in. */
  readonly headers: Readonly<Record<string, string>>;
  /** For messages: the agent and its address. */
  readonly place: string;
}

/** Reads the card of a base URL. @throws CallError */
export async function interfaceByCard(
  dispatcher: Dispatcher,
  { endpoint, headers, place }: WayToAgent,
  signal: AbortSignal,
): Promise<CalledBy> {
  for (const url of cardUrls(endpoint)) {
    const text = await cardText(dispatcher, { endpoint: url, headers, place }, signal);
    if (text === undefined) continue;
    const card = cardIn(text, url, place);
    return { spoken: card.interfaces[0], streaming: card.streaming };
  }
  throw violation(`there is no agent card at ${CARD_PATHS.join(' or ')}`, place);
}

function cardIn(text: string, url: string, place: string) {
  try {
    return readCard(JSON.parse(text) as JsonValue, url);
  } catch (error) {
    if (error instanceof UnreadableCardError) throw violation(error.message, place, error);
    throw violation('the agent card is not JSON', place, error);
  }
}

/** Undefined: there is none at this URL. */
async function cardText(
  dispatcher: Dispatcher,
  { endpoint: url, headers: credentials, place }: WayToAgent,
  signal: AbortSignal,
): Promise<string | undefined> {
  const headers = { accept: 'application/json', 'a2a-version': '1.0', ...credentials };
  try {
    const response = await request(url, { dispatcher, headers, signal });
    const { statusCode, body } = response;
    if (statusCode >= 200 && statusCode <= 299) return utf8Text(await upTo(body, MAX_CARD_BYTES, place), place);
    const text = await excerpt(body);
    if (statusCode === 404 || statusCode === 405) return undefined;
    throw statusFailure(response, text, place);
  } catch (error) {
    signal.throwIfAborted();
    throw httpFailure(error, place);
  }
}

async function upTo(body: AsyncIterable<Buffer>, maxBytes: number, place: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw violation(`the agent card is larger than ${maxBytes} bytes`, place);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Finds out which service a gRPC server has: that of 1.0, or the one that 0.3 and the draft share.
 * @throws CallError where it has neither.
 */
export async function interfaceByServer(
  { endpoint, headers, place }: WayToAgent,
  roots: TrustedRoots | undefined,
  signal: AbortSignal,
): Promise<CalledBy> {
  for (const dialect of ['1.0', '0.3'] as const) {
    const spoken: A2aInterface = { url: endpoint, binding: 'GRPC', dialect, tenant: '' };
    using transport = await openTransport(spoken, fetch, place, roots);
    const { operations, parameters } = transport;
    const serviceParameters = { ...headers, ...parameters };
    try {
      await operations.getTask({ tenant: '', id: NO_TASK, historyLength: 0 }, { signal, serviceParameters });
      return { spoken, streaming: true };
    } catch (error) {
      signal.throwIfAborted();
      if (isUnknownTask(error)) return { spoken, streaming: true };
      if (isRefusedOperation(error)) continue;
      const failure = a2aFailure(error, place);
      // Whatever else the operation says, it is there.
      if (failure.failure.code in status && failure.failure.code !== 'UNAVAILABLE') return { spoken, streaming: true };
      throw failure;
    }
  }
  throw violation('the gRPC server has no A2A service', place);
}
