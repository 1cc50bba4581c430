import type { MailboxKey, NewMessage, StoredMessage } from '../../domain/message.ts';
import type { RunKey } from '../../domain/run-key.ts';

/** What became of a message that was to be stored. */
export type SendOutcome =
  | { readonly kind: 'stored' | 'known'; readonly message: StoredMessage }
  /** Its id belongs to a message with other content. */
  | { readonly kind: 'id_reused' }
  /** Its run has been deleted. */
  | { readonly kind: 'run_deleted' };

/** What a receiver asks for. */
export interface Delivery extends MailboxKey {
  /** A UUID that names this delivery. */
  readonly deliveryId: string;
  readonly maxMessages: number;
  /** How long the messages are nobody else's. */
  readonly visibilityTimeoutMs: number;
}

/** Which messages to list; at least one of the four is given. */
export interface MessageFilter {
  readonly namespace: string;
  readonly runId: string | undefined;
  readonly sessionId: string | undefined;
  readonly agentId: string | undefined;
  readonly topic: string | undefined;
}

/**
 * Port: where messages are kept. Every call names the namespace; no read gives more than 4 MiB of payloads at a time,
 * unless one message alone has more.
 */
export interface MessageStore {
  /** Stores a message once. What is stored in a mailbox later has a higher seq, also across processes. */
  send(message: NewMessage): Promise<SendOutcome>;
  /** Takes what may be received, in the order of seq; none of a sender of whom somebody else has messages in hand. */
  receive(delivery: Delivery): Promise<StoredMessage[]>;
  /** Acknowledges what the delivery still has in hand; answers how many. */
  acknowledgeDelivery(mailbox: MailboxKey, deliveryId: string): Promise<number>;
  /** Acknowledges by id; answers how many were not before. */
  acknowledge(namespace: string, messageIds: readonly string[]): Promise<number>;
  /** What is in a topic after that seq, oldest first, at most so many and without what has expired. */
  readTopic(topic: MailboxKey, afterSeq: number, limit: number): Promise<StoredMessage[]>;
  /** seq of the newest message of a mailbox; 0: none. */
  lastSeq(mailbox: MailboxKey): Promise<number>;
  get(namespace: string, messageId: string): Promise<StoredMessage | undefined>;
  /** The first message that answers this one, acknowledged by this call. */
  takeAnswer(namespace: string, messageId: string): Promise<StoredMessage | undefined>;
  /** Messages before that seq, newest first. */
  list(filter: MessageFilter, beforeSeq: number | undefined, limit: number): Promise<StoredMessage[]>;
  /** Agents that sent or were sent a message in a run. */
  correspondents(run: RunKey): Promise<string[]>;
  /** Deletes messages of no run that are older than `ageMs`; answers how many. */
  forget(ageMs: number, limit: number): Promise<number>;
}
