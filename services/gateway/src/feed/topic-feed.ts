import type { Client } from '@connectrpc/connect';
import { AgentMessageSchema, type MessageService } from '@skein/contracts/eventlog';
import { present } from '../presentation/present.ts';
import type { FeedItem } from './run-feed.ts';

/** What to follow. */
export interface TopicFeedRequest {
  readonly namespace: string;
  readonly topic: string;
  /** Cursor of the last message received; empty: see `fromNow`. */
  readonly cursor: string;
  readonly fromNow: boolean;
}

/** Follows a topic until `signal` fires; the subscription behind ends with the loop over this. */
export async function* followTopic(
  messages: Client<typeof MessageService>,
  request: TopicFeedRequest,
  signal: AbortSignal,
): AsyncGenerator<FeedItem, void> {
  const left = new AbortController();
  const options = { signal: AbortSignal.any([signal, left.signal]) };
  try {
    for await (const { item, cursor } of messages.subscribeMessages(request, options)) {
      if (item.case !== 'message') yield { kind: 'keep_alive' };
      else yield { kind: 'event', cursor, event: { type: 'message', json: present(AgentMessageSchema, item.value) } };
    }
  } finally {
    left.abort();
  }
}
