-- The attempts that have a slot of their agent's limit. They change only under the lock of the limit's row, but for those
-- that are given back: a slot too few for a moment is no harm.
create table call_slot (
  namespace  text collate "C" not null,
  key        text collate "C" not null,
  run_id     uuid             not null,
  node_id    text             not null,
  attempt    integer          not null,
  granted_at timestamptz      not null default now(),
  primary key (run_id, node_id, attempt)
);
create index call_slot_by_limit on call_slot (namespace, key);
create index call_slot_by_age on call_slot (granted_at);

-- As it was, with the attempts among the holders.
create or replace view limit_now as
select n.*,
  n.max_concurrency is null or n.holder_count < n.max_concurrency as has_slot,
  n.rate_limit is null or n.tokens >= 1 as has_token
from (
  select k.namespace, k.key, coalesce(k.operator_max, k.workflow_max) as max_concurrency,
    r.rate_limit, r.rate_ms,
    least(r.rate_limit, coalesce(k.tokens, r.rate_limit) + greatest(0, coalesce(
      extract(epoch from statement_timestamp() - k.refilled_at)::float8 * 1000 * r.rate_limit / r.rate_ms, 0))) as tokens,
    (select count(*) from limit_holder h where h.namespace = k.namespace and h.key = k.key)
      + (select count(*) from call_slot c where c.namespace = k.namespace and c.key = k.key) as holder_count
  from limit_key k cross join lateral (
    select coalesce(k.operator_rate, k.workflow_rate) as rate_limit,
      case when k.operator_rate is null then k.workflow_rate_ms else k.operator_rate_ms end as rate_ms
  ) r
) n;
