/** The statements of PostgresMessageStore. */
import type { MailboxKey } from '../../domain/message.ts';
import { COLUMNS } from './message-row.ts';

/** Most bytes of payloads in one answer, unless one message alone has more. */
export const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;

/** Names the lock of a mailbox among all locks of the database. */
export function lockNameOf({ namespace, mailbox }: MailboxKey): string {
  return `skein.message/${namespace}/${mailbox}`;
}

/** Not acknowledged, in words that the index of waiting messages has too. */
const PENDING = `acknowledged_at IS NULL AND mailbox NOT LIKE 'topic/%'
  AND (expires_at IS NULL OR expires_at > statement_timestamp())`;

/**
 * The lock is taken before the seq, for the insert reads from it; both in one statement, and so in one commit. The clock
 * is read behind the lock as well: sent_at never runs against seq within a mailbox.
 */
export const SEND = `
WITH turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(hashtextextended($1, 0))
)
INSERT INTO event_log.message (namespace, message_id, mailbox, seq, sent_at, expires_at, run_id, reply_to, session_id,
    from_agent, correlation_id, metadata, digest, payload)
SELECT $2, $3::uuid, $4, nextval('event_log.message_seq'), clock_timestamp(),
    clock_timestamp() + $5::double precision * interval '1 millisecond', $6::uuid, $7::uuid, $8, $9, $10, $11::jsonb, $12, $13
FROM turn
WHERE coalesce((SELECT false FROM event_log.deleted_run d WHERE d.run_id = $6::uuid), true)
ON CONFLICT (namespace, message_id) DO NOTHING
RETURNING ${COLUMNS}`;

/** Whether there is anything that may be received, now or when its sender's turn comes. */
export const PEEK = `
SELECT FROM event_log.message
WHERE namespace = $1 AND mailbox = $2 AND ${PENDING} AND (visible_at IS NULL OR visible_at <= statement_timestamp())
LIMIT 1`;

/** A sender of whom somebody has an earlier message in hand has to wait: what was sent first is handled first. */
export const RECEIVE = `
WITH busy AS MATERIALIZED (
  SELECT DISTINCT from_agent FROM event_log.message
  WHERE namespace = $1 AND mailbox = $2 AND visible_at > statement_timestamp() AND ${PENDING}
), candidate AS (
  SELECT seq, octet_length(payload) AS payload_bytes FROM event_log.message
  WHERE namespace = $1 AND mailbox = $2 AND ${PENDING}
    AND (visible_at IS NULL OR visible_at <= statement_timestamp())
    AND from_agent NOT IN (SELECT from_agent FROM busy)
  ORDER BY seq LIMIT $3
), page AS (
  SELECT seq, sum(payload_bytes) OVER (ORDER BY seq) AS bytes, row_number() OVER (ORDER BY seq) AS position
  FROM candidate
)
UPDATE event_log.message SET delivery_id = $5::uuid, delivery_count = delivery_count + 1,
  visible_at = statement_timestamp() + $6::double precision * interval '1 millisecond'
WHERE namespace = $1 AND mailbox = $2 AND seq IN (SELECT seq FROM page WHERE bytes <= $4 OR position = 1)
RETURNING ${COLUMNS}`;

export const ACKNOWLEDGE_DELIVERY = `
UPDATE event_log.message SET acknowledged_at = statement_timestamp()
WHERE delivery_id = $1::uuid AND namespace = $2 AND mailbox = $3 AND visible_at IS NOT NULL AND ${PENDING}`;

/** Rows are locked in one order, so that two who acknowledge the same do not deadlock. */
export const ACKNOWLEDGE = `
WITH meant AS MATERIALIZED (
  SELECT message_id FROM event_log.message
  WHERE namespace = $1 AND message_id = ANY($2::uuid[]) AND ${PENDING}
  ORDER BY message_id FOR UPDATE
)
UPDATE event_log.message m SET acknowledged_at = statement_timestamp()
FROM meant WHERE m.namespace = $1 AND m.message_id = meant.message_id AND m.acknowledged_at IS NULL`;

export const READ_TOPIC = `
WITH candidate AS (
  SELECT seq, octet_length(payload) AS payload_bytes FROM event_log.message
  WHERE namespace = $1 AND mailbox = $2 AND seq > $3 AND (expires_at IS NULL OR expires_at > statement_timestamp())
  ORDER BY seq LIMIT $4
), page AS (
  SELECT seq, sum(payload_bytes) OVER (ORDER BY seq) AS bytes, row_number() OVER (ORDER BY seq) AS position
  FROM candidate
)
SELECT ${COLUMNS} FROM event_log.message
WHERE namespace = $1 AND mailbox = $2 AND seq IN (SELECT seq FROM page WHERE bytes <= $5 OR position = 1)
ORDER BY seq`;

/** The first answer, whoever asks and however often. Whoever is given it need not receive it too. */
export const TAKE_ANSWER = `
UPDATE event_log.message SET acknowledged_at = coalesce(acknowledged_at, statement_timestamp())
WHERE namespace = $1 AND message_id = (
  SELECT message_id FROM event_log.message
  WHERE namespace = $1 AND reply_to = $2::uuid AND mailbox NOT LIKE 'topic/%'
    AND (acknowledged_at IS NOT NULL OR expires_at IS NULL OR expires_at > statement_timestamp())
  ORDER BY seq LIMIT 1)
RETURNING ${COLUMNS}`;

export const LIST = `
WITH candidate AS (
  SELECT message_id, seq, octet_length(payload) AS payload_bytes FROM event_log.message
  WHERE namespace = $1 AND ($2::bigint IS NULL OR seq < $2)
    AND ($5::uuid IS NULL OR run_id = $5)
    AND ($6::text IS NULL OR session_id = $6)
    AND ($7::text IS NULL OR from_agent = $7 OR mailbox = $8)
    AND ($9::text IS NULL OR mailbox = $9)
  ORDER BY seq DESC LIMIT $3
), page AS (
  SELECT message_id, sum(payload_bytes) OVER (ORDER BY seq DESC) AS bytes, row_number() OVER (ORDER BY seq DESC) AS position
  FROM candidate
)
SELECT ${COLUMNS} FROM event_log.message
WHERE namespace = $1 AND message_id IN (SELECT message_id FROM page WHERE bytes <= $4 OR position = 1)
ORDER BY seq DESC`;

export const CORRESPONDENTS = `
SELECT from_agent AS agent FROM event_log.message WHERE namespace = $1 AND run_id = $2::uuid AND from_agent <> ''
UNION
SELECT substring(mailbox FROM 7) FROM event_log.message
WHERE namespace = $1 AND run_id = $2::uuid AND mailbox LIKE 'agent/%'`;

export const FORGET = `
DELETE FROM event_log.message WHERE (namespace, message_id) IN (
  SELECT namespace, message_id FROM event_log.message
  WHERE run_id IS NULL AND sent_at < now() - $1::double precision * interval '1 millisecond'
  ORDER BY sent_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;
