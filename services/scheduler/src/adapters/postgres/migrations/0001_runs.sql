-- Definitions: one row a version, never changed.
create table workflow_version (
  namespace   text        not null,
  workflow_id text        not null,
  version     integer     not null check (version > 0),
  digest      text        not null check (digest like 'sha256:%'),
  name        text        not null,
  description text        not null,
  node_count  integer     not null check (node_count > 0),
  definition  jsonb       not null,
  created_at  timestamptz not null default now(),
  primary key (namespace, workflow_id, version)
);

-- One row a run: what lists and filters need, and when somebody has to look at it again.
-- Everything else about a run follows from run_event.
create table run (
  run_id           uuid        primary key,
  namespace        text        not null,
  workflow_id      text        not null,
  workflow_version integer     not null check (workflow_version >= 0),
  status           text        not null check (status in ('RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
  created_at       timestamptz not null,
  ended_at         timestamptz,
  check_at         timestamptz,
  labels           jsonb       not null,
  session_id       text        not null,
  failure_code     text,
  failure_message  text,
  failed_node_id   text,
  -- An open run always has a time at which somebody looks at it; an ended one never has.
  check ((status = 'RUNNING') = (ended_at is null)),
  check ((status = 'RUNNING') = (check_at is not null))
);

-- The sweep reads only what is due among what is open.
create index run_open on run (check_at) where ended_at is null;
-- UUIDv7 ids are in the order of creation.
create index run_by_namespace on run (namespace, run_id desc);
create index run_by_workflow on run (namespace, workflow_id, run_id desc);

-- The truth: one row a transition, holding its whole event array. The primary key is the lock: of
-- two transitions decided from the same state only one can be inserted.
create table run_event (
  run_id      uuid     not null,
  first_seq   integer  not null check (first_seq > 0),
  event_count smallint not null check (event_count > 0),
  commit_id   uuid     not null,
  body        bytea    not null,
  primary key (run_id, first_seq)
);

-- Idempotent starts. The row is inserted before its run and decides who may insert it.
create table start_key (
  namespace  text        not null,
  request_id text        not null,
  run_id     uuid        not null,
  digest     text        not null,
  created_at timestamptz not null default now(),
  primary key (namespace, request_id)
);
create index start_key_age on start_key (created_at);

-- What event-log has not confirmed yet: the keys of one commit's transitions, not their bodies.
create table outbox (
  batch_id   uuid        primary key,
  run_ids    uuid[]      not null,
  first_seqs integer[]   not null,
  created_at timestamptz not null default now()
);
create index outbox_age on outbox (created_at);

-- Which scheduler was the last to be active; the lock that makes it so is a session's.
create table leader (
  only_row     boolean     primary key default true check (only_row),
  scheduler_id text        not null,
  since        timestamptz not null default now()
);
