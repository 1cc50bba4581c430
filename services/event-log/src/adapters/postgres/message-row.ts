import type { MessageStatus, StoredMessage } from '../../domain/message.ts';

/** A row of `message` as the statements select it. */
export interface MessageRow {
  readonly namespace: string;
  readonly message_id: string;
  readonly mailbox: string;
  readonly seq: string | number;
  readonly sent_at: Date;
  readonly expires_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly delivery_count: number;
  readonly run_id: string | null;
  readonly reply_to: string | null;
  readonly session_id: string;
  readonly from_agent: string;
  readonly correlation_id: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly payload: Buffer;
  readonly status: MessageStatus;
}

const STATUS = `
CASE
  WHEN mailbox LIKE 'topic/%' THEN 'published'
  WHEN acknowledged_at IS NOT NULL THEN 'acknowledged'
  WHEN expires_at <= statement_timestamp() THEN 'expired'
  WHEN visible_at > statement_timestamp() THEN 'delivered'
  ELSE 'waiting'
END AS status`;

/** What of a row is selected. */
export const COLUMNS = `namespace, message_id, mailbox, seq, sent_at, expires_at, acknowledged_at, delivery_count, run_id,
  reply_to, session_id, from_agent, correlation_id, metadata, payload, ${STATUS}`;

/** The message of a row. */
export function toMessage(row: MessageRow): StoredMessage {
  return {
    namespace: row.namespace,
    messageId: row.message_id,
    mailbox: row.mailbox,
    seq: Number(row.seq),
    sentMs: row.sent_at.getTime(),
    expiresMs: row.expires_at?.getTime(),
    acknowledgedMs: row.acknowledged_at?.getTime(),
    status: row.status,
    deliveryCount: row.delivery_count,
    runId: row.run_id ?? undefined,
    replyTo: row.reply_to ?? undefined,
    sessionId: row.session_id,
    fromAgent: row.from_agent,
    correlationId: row.correlation_id,
    metadata: row.metadata,
    payload: row.payload,
  };
}
