-- Ids compare byte by byte, so that pages come in the same order on every server.
create table agent (
  namespace    text collate "C" not null,
  agent_id     text collate "C" not null,
  version      text             not null,
  name         text             not null,
  description  text             not null,
  agent_type   text             not null,
  capabilities text[]           not null,
  protocol     text             not null check (protocol in ('GRPC', 'HTTP_PROCESS', 'HTTP_INVOKE_SSE', 'IN_PROCESS')),
  labels       jsonb            not null,
  config       jsonb,
  timeout_ms   double precision check (timeout_ms > 0),
  -- Facts that follow what the agent says about itself.
  card_facts   text[]           not null,
  created_at   timestamptz      not null default now(),
  updated_at   timestamptz      not null default now(),
  primary key (namespace, agent_id)
);

create index agent_by_capability on agent using gin (capabilities);

-- Room on each page lets the time of the last answer change without touching an index.
create table instance (
  namespace       text collate "C" not null,
  agent_id        text collate "C" not null,
  instance_id     text             not null,
  endpoint        text             not null,
  position        integer          not null check (position >= 0),
  health          text             not null default 'UNKNOWN' check (health in ('UNKNOWN', 'HEALTHY', 'UNHEALTHY')),
  health_detail   text             not null default '',
  last_healthy_at timestamptz,
  primary key (namespace, agent_id, instance_id),
  foreign key (namespace, agent_id) references agent on delete cascade,
  check ((health = 'UNHEALTHY') = (health_detail <> ''))
) with (fillfactor = 80);
