import type { ErrorAnswer } from '../errors/error-body.ts';
import type { FeedItem } from './run-feed.ts';
import { CLOSE, type JsonSocket } from './websocket.ts';

/** How a feed is to be written. */
export interface WebSocketFeedOptions {
  readonly socket: JsonSocket;
  /** Fires when the gateway stops. */
  readonly stopping: AbortSignal;
  /** How to say what went wrong. */
  readonly describe: (error: unknown) => ErrorAnswer;
}

/** Writes a feed to its end, an item a message, and closes the socket. */
export async function writeWebSocketFeed(
  feed: AsyncIterable<FeedItem>,
  { socket, stopping, describe }: WebSocketFeedOptions,
): Promise<void> {
  try {
    for await (const item of feed) {
      if (item.kind === 'keep_alive') socket.ping();
      else await socket.send(item.event.json);
    }
    socket.close(CLOSE.done, 'the run has ended');
  } catch (error) {
    if (socket.gone.aborted) return;
    if (stopping.aborted) socket.close(CLOSE.goingAway, 'the gateway is stopping');
    else socket.fail(error, describe(error));
  }
}
