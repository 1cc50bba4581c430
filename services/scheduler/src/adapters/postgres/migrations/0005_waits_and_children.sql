-- A run may be held back, wait for somebody, or be undoing what it did, and is open all the same.
alter table run drop constraint run_status_check;
alter table run drop constraint run_check;
alter table run drop constraint run_check1;
alter table run add constraint run_status_check check (status in
  ('RUNNING', 'WAITING', 'PAUSED', 'FAILING', 'CANCELLING', 'DONE', 'FAILED', 'CANCELLED', 'TERMINATED'));
alter table run add constraint run_ended_check check
  ((status in ('DONE', 'FAILED', 'CANCELLED', 'TERMINATED')) = (ended_at is not null));
-- An open run always has a time at which somebody looks at it; an ended one never has.
alter table run add constraint run_check_at_check check ((ended_at is null) = (check_at is not null));

-- The node that a child run does the work of.
alter table run add column parent_run_id uuid;
alter table run add column parent_node_id text;
create index run_by_parent on run (parent_run_id, run_id desc) where parent_run_id is not null;
-- Lists leave children out.
drop index run_by_namespace;
create index run_by_namespace on run (namespace, run_id desc) where parent_run_id is null;

-- Decisions that runs ask people for, as lists need them; everything else about them follows from run_event.
create table approval (
  run_id      uuid        not null,
  node_id     text        not null,
  namespace   text        not null,
  workflow_id text        not null,
  status      text        not null check (status in ('OPEN', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED')),
  prompt      text        not null,
  approvers   text[]      not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  decided_by  text        not null,
  comment     text        not null,
  decided_at  timestamptz,
  primary key (run_id, node_id),
  check ((status = 'OPEN') = (decided_at is null))
);
create index approval_list on approval (namespace, (status <> 'OPEN'), expires_at, run_id, node_id);
