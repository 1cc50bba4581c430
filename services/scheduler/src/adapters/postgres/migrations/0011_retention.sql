-- What operators have said about a namespace. One without a row exists all the same, and has the defaults.
create table namespace (
  namespace        text    collate "C" primary key,
  description      text    not null default '',
  labels           jsonb   not null default '{}',
  -- How long an ended run is kept; null: as the schedulers are configured, unless it is kept for ever.
  run_retention_ms bigint  check (run_retention_ms > 0),
  keeps_forever    boolean not null default false,
  check (not keeps_forever or run_retention_ms is null)
);

-- Runs that were deleted. A row stays until event-log has confirmed that it deleted the run too, and a while longer: with
-- it the run's first row of run_event, empty, so that the id is not given again while something late may still name it.
create table run_deletion (
  run_id       uuid        primary key,
  namespace    text        not null,
  deleted_at   timestamptz not null default now(),
  -- Whether child runs may be left, which follow.
  has_children boolean     not null,
  confirmed_at timestamptz
);
create index run_deletion_unconfirmed on run_deletion (deleted_at) where confirmed_at is null;
create index run_deletion_confirmed on run_deletion (confirmed_at) where confirmed_at is not null;
create index run_deletion_parents on run_deletion (run_id) where has_children;

-- What is kept of ended runs, by its age. Filled when a run is pruned, so that no commit pays for it.
create index run_retained on run (namespace, ended_at) where pruned_seq is not null;
