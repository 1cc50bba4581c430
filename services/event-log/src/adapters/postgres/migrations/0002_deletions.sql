-- Runs that the scheduler has deleted: what still comes of them is not stored. A row stays a day, longer than anything is
-- on its way, and what slipped in while it was written goes with it.
CREATE TABLE deleted_run (
    run_id uuid PRIMARY KEY,
    namespace text NOT NULL,
    deleted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX deleted_run_age ON deleted_run (deleted_at);
