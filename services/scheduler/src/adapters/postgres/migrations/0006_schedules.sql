-- Schedules: one row each. `state` is what the domain keeps (domain/schedule/schedule.ts); json and not jsonb, because
-- texts in it may hold any character and nothing here looks inside.
create table schedule (
  namespace      text        not null,
  schedule_id    text        not null,
  -- Of the schedule and of its runs; rendezvous hashing says which scheduler looks after it.
  shard          smallint    not null check (shard between 0 and 255),
  spec           json        not null,
  state          json        not null,
  -- Counts the changes by users.
  revision       bigint      not null check (revision > 0),
  -- Counts all writes: who writes compares it, so that of two only one decides.
  write_seq      bigint      not null check (write_seq > 0),
  next_fire_at   timestamptz,
  -- When somebody has to look at it; null: when a user has changed it.
  check_at       timestamptz,
  request_id     text        not null,
  request_digest text        not null,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  primary key (namespace, schedule_id)
);

create index schedule_due on schedule (check_at) where check_at is not null;
create unique index schedule_by_request on schedule (namespace, request_id) where request_id <> '';
