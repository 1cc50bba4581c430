import type { Client } from '@connectrpc/connect';
import type { EventService } from '@skein/contracts/eventlog';
import { followedItem, type EventItem } from '../presentation/event-item.ts';

/** What to follow. */
export interface FeedRequest {
  readonly namespace: string;
  readonly runId: string;
  /** Cursor of the last item received; empty: from the first event. */
  readonly cursor: string;
  /** Whether streamed text and progress are followed too. */
  readonly includeTaskEvents: boolean;
}

/** An item with its place, or a sign of life while nothing happens. */
export type FeedItem = { readonly kind: 'event'; readonly cursor: string; readonly event: EventItem } | KeepAlive;

interface KeepAlive {
  readonly kind: 'keep_alive';
}

const KEEP_ALIVE: KeepAlive = { kind: 'keep_alive' };

/**
 * Follows a run until it has ended or `signal` fires; the subscription behind ends with the loop over this. Nothing is
 * read ahead: who reads slowly slows the service behind down, not this process.
 */
export async function* followFeed(
  events: Client<typeof EventService>,
  { namespace, runId, cursor, includeTaskEvents }: FeedRequest,
  signal: AbortSignal,
): AsyncGenerator<FeedItem, void> {
  const left = new AbortController();
  const options = { signal: AbortSignal.any([signal, left.signal]) };
  try {
    for await (const item of events.subscribeEvents({ namespace, runId, cursor, includeTaskEvents }, options)) {
      const event = followedItem(item, runId);
      yield event === undefined ? KEEP_ALIVE : { kind: 'event', cursor: item.cursor, event };
    }
  } finally {
    left.abort();
  }
}
