/**
 * Messages in Postgres.
 *
 * Owns the table `message`. S1. seq is taken under a lock of the mailbox that lasts until the commit: in a mailbox the
 * order of seq is the order of commits. S2. Receivers of a mailbox take turns under the same lock, so that none sees what
 * another is about to take. S3. Every statement names the namespace.
 */
import { withTransaction, type Pool } from '@skein/postgres';
import type { Delivery, MessageFilter, MessageStore, SendOutcome } from '../../app/messages/message-store.ts';
import { digestOf, mailboxOf, type MailboxKey, type NewMessage, type StoredMessage } from '../../domain/message.ts';
import type { RunKey } from '../../domain/run-key.ts';
import { COLUMNS, toMessage, type MessageRow } from './message-row.ts';
import * as sql from './message-statements.ts';

/** Messages in Postgres. */
export class PostgresMessageStore implements MessageStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async send(message: NewMessage): Promise<SendOutcome> {
    const { namespace, mailbox, messageId, runId } = message;
    const digest = digestOf(message);
    const values = [
      sql.lockNameOf(message),
      namespace,
      messageId,
      mailbox,
      message.timeToLiveMs ?? null,
      runId ?? null,
      message.replyTo ?? null,
      message.sessionId,
      message.fromAgent,
      message.correlationId,
      JSON.stringify(message.metadata),
      digest,
      message.payload,
    ];
    const [stored] = await this.#read({ name: 'send-message', text: sql.SEND, values });
    if (stored !== undefined) return { kind: 'stored', message: stored };
    const { rows } = await this.#pool.query<MessageRow & { digest: Buffer }>(
      `SELECT ${COLUMNS}, digest FROM event_log.message WHERE namespace = $1 AND message_id = $2`,
      [namespace, messageId],
    );
    const [row] = rows;
    // Neither new nor known: the statement refuses only what belongs to a run that was deleted.
    if (row === undefined) return { kind: 'run_deleted' };
    return row.digest.equals(digest) ? { kind: 'known', message: toMessage(row) } : { kind: 'id_reused' };
  }

  async receive(delivery: Delivery): Promise<StoredMessage[]> {
    const { namespace, mailbox, maxMessages, deliveryId, visibilityTimeoutMs } = delivery;
    // Most looks find nothing; they need no lock.
    const { rowCount } = await this.#pool.query({
      name: 'peek-messages',
      text: sql.PEEK,
      values: [namespace, mailbox],
    });
    if (rowCount === 0) return [];
    const values = [namespace, mailbox, maxMessages, sql.MAX_PAYLOAD_BYTES, deliveryId, visibilityTimeoutMs];
    return withTransaction(this.#pool, async (client) => {
      // A statement of its own: the next one must see what whoever held the lock has committed.
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [sql.lockNameOf(delivery)]);
      const { rows } = await client.query<MessageRow>({ name: 'receive-messages', text: sql.RECEIVE, values });
      return rows.map(toMessage).toSorted((a, b) => a.seq - b.seq);
    });
  }

  acknowledgeDelivery({ namespace, mailbox }: MailboxKey, deliveryId: string): Promise<number> {
    return this.#change(sql.ACKNOWLEDGE_DELIVERY, [deliveryId, namespace, mailbox]);
  }

  acknowledge(namespace: string, messageIds: readonly string[]): Promise<number> {
    return this.#change(sql.ACKNOWLEDGE, [namespace, messageIds]);
  }

  readTopic({ namespace, mailbox }: MailboxKey, afterSeq: number, limit: number): Promise<StoredMessage[]> {
    const values = [namespace, mailbox, afterSeq, limit, sql.MAX_PAYLOAD_BYTES];
    return this.#read({ name: 'read-topic', text: sql.READ_TOPIC, values });
  }

  async lastSeq({ namespace, mailbox }: MailboxKey): Promise<number> {
    const text = 'SELECT max(seq)::text AS seq FROM event_log.message WHERE namespace = $1 AND mailbox = $2';
    const { rows } = await this.#pool.query<{ seq: string | null }>(text, [namespace, mailbox]);
    return Number(rows[0]?.seq ?? 0);
  }

  async get(namespace: string, messageId: string): Promise<StoredMessage | undefined> {
    const text = `SELECT ${COLUMNS} FROM event_log.message WHERE namespace = $1 AND message_id = $2`;
    return (await this.#read({ text, values: [namespace, messageId] })).at(0);
  }

  async takeAnswer(namespace: string, messageId: string): Promise<StoredMessage | undefined> {
    return (await this.#read({ name: 'take-answer', text: sql.TAKE_ANSWER, values: [namespace, messageId] })).at(0);
  }

  list(filter: MessageFilter, beforeSeq: number | undefined, limit: number): Promise<StoredMessage[]> {
    const { agentId, topic } = filter;
    const values = [
      filter.namespace,
      beforeSeq ?? null,
      limit,
      sql.MAX_PAYLOAD_BYTES,
      filter.runId ?? null,
      filter.sessionId ?? null,
      agentId ?? null,
      agentId === undefined ? null : mailboxOf({ kind: 'agent', id: agentId }),
      topic === undefined ? null : mailboxOf({ kind: 'topic', id: topic }),
    ];
    // Planned for the values it has: each filter has an index of its own.
    return this.#read({ text: sql.LIST, values });
  }

  async correspondents({ namespace, runId }: RunKey): Promise<string[]> {
    const { rows } = await this.#pool.query<{ agent: string }>(sql.CORRESPONDENTS, [namespace, runId]);
    return rows.map(({ agent }) => agent);
  }

  forget(ageMs: number, limit: number): Promise<number> {
    return this.#change(sql.FORGET, [ageMs, limit]);
  }

  async #read(query: { name?: string; text: string; values: unknown[] }): Promise<StoredMessage[]> {
    const { rows } = await this.#pool.query<MessageRow>(query);
    return rows.map(toMessage);
  }

  async #change(text: string, values: unknown[]): Promise<number> {
    return (await this.#pool.query(text, values)).rowCount ?? 0;
  }
}
