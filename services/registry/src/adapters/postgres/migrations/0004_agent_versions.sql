-- Several versions of an agent at once: what a registration says moves to a row for each version, and each instance belongs
-- to one of them.
create table agent_version (
  namespace    text collate "C" not null,
  agent_id     text collate "C" not null,
  version      text collate "C" not null,
  name         text             not null,
  description  text             not null,
  agent_type   text             not null,
  capabilities text[]           not null,
  protocol     text             not null check (protocol in (
    'GRPC', 'HTTP_PROCESS', 'HTTP_INVOKE_SSE', 'IN_PROCESS', 'A2A', 'HTTP_EXECUTE', 'PULL')),
  labels       jsonb            not null,
  config       jsonb,
  timeout_ms   double precision check (timeout_ms > 0),
  -- The skills of its card, as skein.agent.v1.Skill in JSON.
  skills       jsonb            not null default '[]',
  -- How its instances are probed; null: as the registry is configured.
  probe        jsonb,
  -- Facts that follow what the agent says about itself.
  card_facts   text[]           not null,
  created_at   timestamptz      not null default now(),
  updated_at   timestamptz      not null default now(),
  primary key (namespace, agent_id, version),
  foreign key (namespace, agent_id) references agent on delete cascade
);

insert into agent_version (namespace, agent_id, version, name, description, agent_type, capabilities, protocol, labels, config,
  timeout_ms, card_facts, created_at, updated_at)
select namespace, agent_id, version, name, description, agent_type, capabilities, protocol, labels, config,
  timeout_ms, card_facts, created_at, updated_at
from agent;

create index agent_version_by_capability on agent_version using gin (capabilities);

drop index agent_by_capability;
alter table agent
  drop column version, drop column name, drop column description, drop column agent_type, drop column capabilities,
  drop column protocol, drop column labels, drop column config, drop column timeout_ms, drop column card_facts,
  -- How calls are routed; null: the defaults.
  add column routing jsonb;

alter table instance
  add column version text collate "C",
  add column drained boolean not null default false,
  add column drain_reason text not null default '' check (drained or drain_reason = ''),
  -- An instance with a lease is forgotten when nothing was heard of it for so long.
  add column lease_ttl_ms double precision check (lease_ttl_ms > 0),
  add column lease_expires_at timestamptz,
  -- What it says of itself.
  add column reported_health text not null default 'UNKNOWN'
    check (reported_health in ('UNKNOWN', 'HEALTHY', 'DEGRADED', 'UNHEALTHY')),
  add column reported_detail text not null default '',
  add column load double precision check (load >= 0 and load <= 1),
  add column in_flight integer check (in_flight >= 0),
  add column latency_ms double precision check (latency_ms >= 0),
  add column reported_at timestamptz,
  add check ((lease_ttl_ms is null) = (lease_expires_at is null));

update instance set version = (
  select version from agent_version v where (v.namespace, v.agent_id) = (instance.namespace, instance.agent_id));

-- What the probes found; `health` is the worse of both from here on.
alter table instance rename column health to probed_health;
alter table instance rename column health_detail to probed_detail;
alter table instance
  alter column version set not null,
  drop constraint instance_health_check,
  drop constraint instance_check,
  add check (probed_health in ('UNKNOWN', 'HEALTHY', 'DEGRADED', 'UNHEALTHY')),
  add check ((probed_health in ('DEGRADED', 'UNHEALTHY')) = (probed_detail <> '')),
  add column health text not null generated always as (
    case
      when 'UNHEALTHY' in (probed_health, reported_health) then 'UNHEALTHY'
      when 'DEGRADED' in (probed_health, reported_health) then 'DEGRADED'
      when 'HEALTHY' in (probed_health, reported_health) then 'HEALTHY'
      else 'UNKNOWN'
    end
  ) stored,
  add foreign key (namespace, agent_id, version) references agent_version on delete cascade;

-- The calls of each executor at each instance, as it last said.
create table instance_calls (
  executor_id text             not null,
  namespace   text collate "C" not null,
  agent_id    text collate "C" not null,
  instance_id text             not null,
  in_flight   integer          not null,
  latency_ms  double precision not null,
  breaker     text             not null check (breaker in ('CLOSED', 'OPEN', 'HALF_OPEN')),
  reported_at timestamptz      not null,
  primary key (executor_id, namespace, agent_id, instance_id)
) with (fillfactor = 80);
