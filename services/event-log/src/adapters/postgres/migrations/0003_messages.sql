-- Messages between agents. Everything but the delivery of a row never changes. `seq` is taken under a lock of the
-- mailbox that lasts until the commit, so that within a mailbox its order is the order of commits: who has read up to a
-- seq has seen all before it. Gaps mean nothing.
CREATE SEQUENCE message_seq;

CREATE TABLE message (
    namespace text NOT NULL CHECK (namespace <> ''),
    message_id uuid NOT NULL,
    -- `agent/ID`, `session/ID` or `topic/NAME`
    mailbox text COLLATE "C" NOT NULL CHECK (mailbox <> ''),
    seq bigint NOT NULL CHECK (seq >= 1),
    sent_at timestamptz NOT NULL,
    expires_at timestamptz,
    -- From when on a receiver may have it, again; absent: it was never received.
    visible_at timestamptz,
    acknowledged_at timestamptz,
    -- The answer of ReceiveMessages that gave it last.
    delivery_id uuid,
    delivery_count integer NOT NULL DEFAULT 0,
    run_id uuid,
    reply_to uuid,
    session_id text COLLATE "C" NOT NULL,
    from_agent text COLLATE "C" NOT NULL,
    correlation_id text NOT NULL,
    metadata jsonb NOT NULL,
    -- SHA-256 of what was sent
    digest bytea NOT NULL,
    -- JSON text
    payload bytea NOT NULL,
    PRIMARY KEY (namespace, message_id)
);
CREATE INDEX message_of_mailbox ON message (namespace, mailbox, seq);
-- What receivers look through: it holds what nobody has acknowledged.
CREATE INDEX message_waiting ON message (namespace, mailbox, seq)
    WHERE acknowledged_at IS NULL AND mailbox NOT LIKE 'topic/%';
CREATE INDEX message_of_sender ON message (namespace, from_agent, seq) WHERE from_agent <> '';
CREATE INDEX message_of_run ON message (run_id, seq) WHERE run_id IS NOT NULL;
CREATE INDEX message_of_session ON message (namespace, session_id, seq) WHERE session_id <> '';
CREATE INDEX message_answer ON message (namespace, reply_to, seq) WHERE reply_to IS NOT NULL;
-- What receivers have in hand, or had.
CREATE INDEX message_in_hand ON message (namespace, mailbox, visible_at)
    WHERE acknowledged_at IS NULL AND visible_at IS NOT NULL;
-- What its own retention deletes.
CREATE INDEX message_age ON message (sent_at) WHERE run_id IS NULL;
