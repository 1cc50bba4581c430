-- What agents and workflows did, counted in the statement that stores their events. One row a minute (later an hour),
-- subject, outcome and class of durations.
CREATE TABLE metric (
    namespace text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('agent', 'workflow')),
    subject_id text COLLATE "C" NOT NULL,
    bucket_at timestamptz NOT NULL,
    -- 60 or 3600
    span_s integer NOT NULL,
    version text COLLATE "C" NOT NULL,
    instance_id text COLLATE "C" NOT NULL,
    -- of an agent the failure's code, empty: none; of a workflow `started`, `done`, `failed`, `cancelled`, `terminated`
    outcome text COLLATE "C" NOT NULL,
    duration_class smallint NOT NULL,
    count bigint NOT NULL,
    duration_us bigint NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    PRIMARY KEY (namespace, kind, subject_id, bucket_at, span_s, version, instance_id, outcome, duration_class)
);
-- What the roll-up looks for.
CREATE INDEX metric_age ON metric (span_s, bucket_at);
