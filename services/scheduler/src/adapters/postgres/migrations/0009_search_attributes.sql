-- What runs are found by, and what is only shown of them. A time is {"timestampMs": n}, everything else plain JSON.
alter table run add column search_attributes jsonb not null default '{}';
alter table run add column memo jsonb;

-- Runs are found by equality on attributes and labels. Each index has only the runs that have what it is about, so that
-- an ordinary run pays for none.
create index run_by_attributes on run using gin (search_attributes jsonb_path_ops) where search_attributes <> '{}';
create index run_by_labels on run using gin (labels jsonb_path_ops) where labels <> '{}';
create index run_by_status on run (namespace, status, run_id desc) where status not in ('RUNNING', 'DONE');
create index run_by_failure on run (namespace, failure_code, run_id desc) where failure_code is not null;
create index run_by_session on run (namespace, session_id, run_id desc) where session_id <> '';
