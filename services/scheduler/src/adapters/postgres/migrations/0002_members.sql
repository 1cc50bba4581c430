-- The live schedulers, by a heartbeat a second. Whoever finds a member dead deletes its row; a member that does not
-- find its own knows that others have its runs.
create table member (
  scheduler_id  text        primary key,
  -- Of this life of the scheduler; a row of another life is not its own.
  incarnation   uuid        not null,
  address       text        not null,
  -- The session that listens for changes: when it has ended, so probably has the scheduler.
  backend_pid   integer     not null,
  backend_start timestamptz not null,
  seen_at       timestamptz not null default now()
);

-- Leadership is shared out among the members.
drop table leader;
