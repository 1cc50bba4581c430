import { cardUrls, readCard, UnreadableCardError, type A2aCard } from '@skein/a2a';
import { request, type Dispatcher } from 'undici';
import { textUpTo } from './body-text.ts';

/** A card is larger than what a health check answers. */
const MAX_CARD_BYTES = 256 * 1024;

/**
 * The agent card of a base URL; undefined: there is none.
 * @throws UnreadableCardError where there is one, and it names nothing that is spoken here.
 */
export async function cardAt(
  dispatcher: Dispatcher,
  endpoint: string,
  signal: AbortSignal,
): Promise<A2aCard | undefined> {
  for (const url of cardUrls(endpoint)) {
    const value = await jsonAt(dispatcher, url, signal);
    if (value === undefined) continue;
    try {
      return readCard(value, url);
    } catch (error) {
      if (!(error instanceof UnreadableCardError) || error.isCard) throw error;
    }
  }
  return undefined;
}

/** Undefined: no 2xx, no answer, or no JSON. */
async function jsonAt(dispatcher: Dispatcher, url: string, signal: AbortSignal): Promise<unknown> {
  try {
    const headers = { accept: 'application/json', 'a2a-version': '1.0' };
    const { statusCode, body } = await request(url, { dispatcher, signal, headers });
    const text = await textUpTo(body, MAX_CARD_BYTES);
    return statusCode >= 200 && statusCode <= 299 ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
