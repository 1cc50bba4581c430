import { hash, randomFillSync } from 'node:crypto';

/** Where messages go: the mailbox of an agent or a session, or a topic. */
export interface MailboxRef {
  readonly kind: 'agent' | 'session' | 'topic';
  readonly id: string;
}

/** A mailbox in its namespace, as it is stored and as the bus addresses it: `agent/ID`, `session/ID` or `topic/NAME`. */
export interface MailboxKey {
  readonly namespace: string;
  readonly mailbox: string;
}

/** A message before it is stored, checked and complete. */
export interface NewMessage extends MailboxKey {
  readonly messageId: string;
  readonly runId: string | undefined;
  readonly sessionId: string;
  readonly fromAgent: string;
  readonly correlationId: string;
  readonly replyTo: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly payload: Buffer;
  /** Undefined: as long as it is kept. */
  readonly timeToLiveMs: number | undefined;
}

/** How far a message has come. */
export type MessageStatus = 'waiting' | 'delivered' | 'acknowledged' | 'expired' | 'published';

/** A message as it is stored. Times are milliseconds since 1970, of the database. */
export interface StoredMessage extends Omit<NewMessage, 'timeToLiveMs'> {
  readonly seq: number;
  readonly sentMs: number;
  readonly expiresMs: number | undefined;
  readonly status: MessageStatus;
  readonly deliveryCount: number;
  readonly acknowledgedMs: number | undefined;
}

/** The name of a mailbox. */
export function mailboxOf({ kind, id }: MailboxRef): string {
  return `${kind}/${id}`;
}

/** The mailbox of that name. */
export function mailboxRefOf(mailbox: string): MailboxRef {
  const kind = mailbox.slice(0, mailbox.indexOf('/'));
  if (kind !== 'agent' && kind !== 'session' && kind !== 'topic') throw new RangeError(`no mailbox: ${mailbox}`);
  return { kind, id: mailbox.slice(kind.length + 1) };
}

/** SHA-256 of everything that was sent: what makes two messages of one id the same. */
export function digestOf(message: NewMessage): Buffer {
  const { mailbox, runId = '', sessionId, fromAgent, correlationId, replyTo = '', timeToLiveMs = 0 } = message;
  const metadata = Object.entries(message.metadata).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const facts = [mailbox, runId, sessionId, fromAgent, correlationId, replyTo, timeToLiveMs, metadata];
  return hash('sha256', `${JSON.stringify(facts)}\n${message.payload.toString()}`, 'buffer');
}

/** A new UUIDv7. */
export function newMessageId(wallMs: number): string {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(Math.floor(wallMs), 0, 6);
  return uuidText(bytes, 7);
}

/** The id of a recipient's copy of a broadcast: always the same for the same two. */
export function copyIdOf(broadcastId: string, recipient: string): string {
  return uuidText(hash('sha256', JSON.stringify([broadcastId, recipient]), 'buffer'), 8);
}

/** The first 16 bytes as a UUID of this version. */
function uuidText(bytes: Buffer, version: 7 | 8): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
