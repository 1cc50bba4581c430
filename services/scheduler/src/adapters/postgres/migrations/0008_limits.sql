-- A run may wait for slots before it begins.
alter table run drop constraint run_status_check;
alter table run add constraint run_status_check check (status in
  ('CREATED', 'RUNNING', 'WAITING', 'PAUSED', 'FAILING', 'CANCELLING', 'DONE', 'FAILED', 'CANCELLED', 'TERMINATED'));
create index run_created on run (run_id) where status = 'CREATED';

-- A limit. Its holders and waiters change only under the lock of this row; several are locked in the order of the keys,
-- and for that the order must be everywhere the same.
create table limit_key (
  namespace        text collate "C" not null,
  key              text collate "C" not null,
  -- What an operator has set: it goes before the definitions'.
  operator_max     integer check (operator_max > 0),
  operator_rate    integer check (operator_rate > 0),
  operator_rate_ms bigint  check (operator_rate_ms > 0),
  -- What the definition of the highest version says that asked for a slot.
  workflow_max     integer check (workflow_max > 0),
  workflow_rate    integer check (workflow_rate > 0),
  workflow_rate_ms bigint  check (workflow_rate_ms > 0),
  workflow_version integer not null default 0,
  -- Tokens of the rate at a time; null: the bucket is full.
  tokens           double precision,
  refilled_at      timestamptz,
  primary key (namespace, key),
  check ((operator_rate is null) = (operator_rate_ms is null)),
  check ((workflow_rate is null) = (workflow_rate_ms is null)),
  check ((tokens is null) = (refilled_at is null))
);
create index limit_key_operated on limit_key (namespace, key)
  where operator_max is not null or operator_rate is not null;

-- The runs that have a slot: a run has one of every key that it needs, or none.
create table limit_holder (
  namespace  text collate "C" not null,
  key        text collate "C" not null,
  run_id     uuid             not null,
  granted_at timestamptz      not null default now(),
  primary key (namespace, key, run_id)
);
create index limit_holder_by_run on limit_holder (run_id);

-- The runs that wait, a row for each key that they need. The line of a key: priority, tag, arrival.
create table limit_waiter (
  namespace    text collate "C" not null,
  key          text collate "C" not null,
  run_id       uuid             not null,
  priority     smallint         not null check (priority between 1 and 5),
  fairness_key text             not null,
  start_tag    double precision not null,
  arrival      bigint           generated always as identity,
  primary key (run_id, key)
);
create index limit_waiter_line on limit_waiter (namespace, key, priority, start_tag, arrival);

-- When a fairness key's next turn comes in a line, in virtual time. Begins anew when nobody waits there.
create table limit_turn (
  namespace    text collate "C" not null,
  key          text collate "C" not null,
  priority     smallint         not null,
  fairness_key text             not null,
  finish_tag   double precision not null,
  primary key (namespace, key, priority, fairness_key)
);

-- Limits as they count at this moment, by the time of the statement.
create view limit_now as
select n.*,
  n.max_concurrency is null or n.holder_count < n.max_concurrency as has_slot,
  n.rate_limit is null or n.tokens >= 1 as has_token
from (
  select k.namespace, k.key, coalesce(k.operator_max, k.workflow_max) as max_concurrency,
    r.rate_limit, r.rate_ms,
    least(r.rate_limit, coalesce(k.tokens, r.rate_limit) + greatest(0, coalesce(
      extract(epoch from statement_timestamp() - k.refilled_at)::float8 * 1000 * r.rate_limit / r.rate_ms, 0))) as tokens,
    (select count(*) from limit_holder h where h.namespace = k.namespace and h.key = k.key) as holder_count
  from limit_key k cross join lateral (
    select coalesce(k.operator_rate, k.workflow_rate) as rate_limit,
      case when k.operator_rate is null then k.workflow_rate_ms else k.operator_rate_ms end as rate_ms
  ) r
) n;
