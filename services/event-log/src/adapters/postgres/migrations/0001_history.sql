-- The history of runs: one row a transition, never changed. The run id comes first in the key, so that the rows of a
-- run lie together and, ids being UUIDv7, new runs fill new pages.
CREATE TABLE run_event (
    run_id uuid NOT NULL,
    first_seq bigint NOT NULL CHECK (first_seq >= 1),
    stored_at timestamptz NOT NULL DEFAULT now(),
    event_count integer NOT NULL CHECK (event_count >= 1),
    namespace text NOT NULL CHECK (namespace <> ''),
    -- skein.event.v1.Transition
    body bytea NOT NULL,
    PRIMARY KEY (run_id, first_seq)
);

-- What was streamed inside the dispatches of tasks: one row a group of consecutive events.
CREATE TABLE task_event (
    run_id uuid NOT NULL,
    first_task_seq bigint NOT NULL CHECK (first_task_seq >= 1),
    stored_at timestamptz NOT NULL DEFAULT now(),
    attempt integer NOT NULL CHECK (attempt >= 1),
    dispatch integer NOT NULL CHECK (dispatch >= 1),
    event_count integer NOT NULL CHECK (event_count >= 1),
    node_id text COLLATE "C" NOT NULL CHECK (node_id <> ''),
    namespace text NOT NULL CHECK (namespace <> ''),
    -- skein.event.v1.TaskEventBatch
    body bytea NOT NULL,
    PRIMARY KEY (run_id, node_id, attempt, dispatch, first_task_seq)
);
