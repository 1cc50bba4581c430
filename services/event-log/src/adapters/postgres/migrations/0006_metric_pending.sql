-- Transitions whose counts wait for what they end: another process stores it, or the bus brings it later.
CREATE TABLE metric_pending (
    run_id uuid NOT NULL,
    first_seq bigint NOT NULL,
    namespace text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    look_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, first_seq)
);
