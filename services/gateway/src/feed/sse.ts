/**
 * Server-sent events: `id:` is the cursor, `event:` the type, `data:` the item as JSON. Comments keep the connection
 * alive. The stream ends after the run's last event; whoever connects again from there gets 204, which tells an
 * EventSource to stop.
 *
 * S1. An item is written when the one before it has left for the socket, or fits its buffer: memory stays bounded.
 * S2. The subscription ends with the client, with the run, or with the gateway, whichever comes first.
 * S3. Errors before the first item are ordinary answers; later ones are an event `stream_error`.
 */
import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { ErrorAnswer } from '../errors/error-body.ts';
import { StalledReaderError, untilTaken } from './drain.ts';
import type { FeedItem } from './run-feed.ts';

/** How a stream is to be written. */
export interface SseOptions {
  /** Takes the response over; called once, when the first item or the end is there. */
  readonly begin: () => ServerResponse;
  /** Fires when the client has gone. */
  readonly gone: AbortSignal;
  /** Fires when the gateway stops. */
  readonly stopping: AbortSignal;
  /** How to say what went wrong. */
  readonly describe: (error: unknown) => ErrorAnswer;
}

/** Longest wait for a first item before the head of the answer is sent without one, in milliseconds. */
const FIRST_ITEM_MS = 1000;

const HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that buffer would hold items back.
  'x-accel-buffering': 'no',
};

/**
 * Writes a feed to its end. The head is sent with the first item, so that a wrong run or cursor is an ordinary error.
 * @throws what the feed throws before that.
 */
export async function writeSse(feed: AsyncGenerator<FeedItem, void>, options: SseOptions): Promise<void> {
  const { begin, gone, stopping, describe } = options;
  let next = feed.next();
  const first = await withinFirstWait(next);
  const response = begin();
  if (first?.done === true) {
    response.writeHead(204, { 'cache-control': 'no-store' });
    response.end();
    return;
  }
  response.writeHead(200, HEAD);
  response.flushHeaders();
  try {
    for (;;) {
      const item = await next;
      if (item.done === true) break;
      await write(response, textOf(item.value), gone);
      next = feed.next();
    }
  } catch (error) {
    if (gone.aborted || error instanceof StalledReaderError) return cut(response);
    if (stopping.aborted) response.write(': the gateway is stopping; connect again with Last-Event-ID\n\n');
    else response.write(`event: stream_error\ndata: ${JSON.stringify(describe(error).body)}\n\n`);
  } finally {
    await feed.return();
  }
  response.end();
}

async function withinFirstWait<T>(next: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, FIRST_ITEM_MS, undefined);
  try {
    return await Promise.race([next, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function textOf(item: FeedItem): string {
  if (item.kind === 'keep_alive') return ': alive\n\n';
  const { cursor, event } = item;
  return `id: ${cursor}\nevent: ${event.type}\ndata: ${JSON.stringify(event.json)}\n\n`;
}

async function write(response: ServerResponse, text: string, gone: AbortSignal): Promise<void> {
  if (response.write(text)) return;
  const drained = Promise.withResolvers<void>();
  response.once('drain', drained.resolve);
  await untilTaken(drained.promise, gone);
}

/** Ends a response in the middle. */
function cut(response: ServerResponse): void {
  // HTTP/2 streams come in the clothes of HTTP/1, which lack this button.
  if (response instanceof Http2ServerResponse) response.stream.close();
  else response.destroy();
}
