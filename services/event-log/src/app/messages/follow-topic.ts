/**
 * A topic from a position on: what is stored, then what comes.
 *
 * T1. Without a gap and without a repeat: seq orders the commits of a topic, and every item is read from the store.
 * T2. What the bus does not announce is found LOOK_AGAIN_MS later.
 * T3. Nothing is read ahead of the reader.
 */
import type { MailboxKey, StoredMessage } from '../../domain/message.ts';
import { watchMailbox, type WatchParts } from './mailbox-watch.ts';
import type { MessageStore } from './message-store.ts';

/** A message, or a sign of life; with the seq to go on after. */
export interface TopicItem {
  readonly seq: number;
  readonly message: StoredMessage | undefined;
}

const PAGE = 100;
const LOOK_AGAIN_MS = 2000;
const KEEP_ALIVE_MS = 10_000;

/** Follows until `signal` fires. `fromSeq` undefined: from now on. */
export async function* followTopic(
  parts: WatchParts & { readonly messages: Pick<MessageStore, 'readTopic' | 'lastSeq'> },
  { topic, fromSeq, signal }: { readonly topic: MailboxKey; readonly fromSeq: number | undefined; signal: AbortSignal },
): AsyncGenerator<TopicItem, void> {
  await using watch = await watchMailbox(parts, topic);
  let seq = fromSeq ?? (await parts.messages.lastSeq(topic));
  // The first item says where "now" is: who is cut off before the first message loses none.
  yield { seq, message: undefined };
  let spokeMs = parts.clock.nowMs();
  while (!signal.aborted) {
    const messages = await parts.messages.readTopic(topic, seq, PAGE);
    for (const message of messages) {
      seq = message.seq;
      yield { seq, message };
      if (signal.aborted) return;
    }
    if (messages.length > 0) {
      spokeMs = parts.clock.nowMs();
      continue;
    }
    if (parts.clock.nowMs() - spokeMs >= KEEP_ALIVE_MS) {
      yield { seq, message: undefined };
      spokeMs = parts.clock.nowMs();
    }
    await watch.next(LOOK_AGAIN_MS, signal);
  }
}
