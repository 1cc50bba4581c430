-- Deployments: what is to run. The registry that holds the prober's lock turns it into assignments.

create table deployment (
  namespace text not null,
  deployment_id text not null,
  agent_id text not null,
  replicas int not null,
  rollout jsonb not null,
  revision bigint not null,
  -- The last revision of which every instance was ready; 0: none yet.
  complete_revision bigint not null default 0,
  -- The available instances of the newest revision as last counted, and when that was last a step forward.
  progress_count int not null default 0,
  progress_at timestamptz not null default now(),
  deleting boolean not null default false,
  -- What was done about a revision that failed, and what is in the way now.
  notice text not null default '',
  obstacle text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (namespace, deployment_id)
);

create table deployment_revision (
  namespace text not null,
  deployment_id text not null,
  revision bigint not null,
  template jsonb not null,
  created_at timestamptz not null default now(),
  primary key (namespace, deployment_id, revision),
  foreign key (namespace, deployment_id) references deployment on delete cascade
);

-- One row for each instance that is to run or has not stopped yet.
create table assignment (
  assignment_id text primary key,
  namespace text not null,
  deployment_id text not null,
  revision bigint not null,
  executor_id text not null,
  wanted boolean not null default true,
  state text not null default 'ASSIGNED',
  endpoint text not null default '',
  pid bigint not null default 0,
  restarts int not null default 0,
  failure text not null default '',
  created_at timestamptz not null default now(),
  ready_at timestamptz,
  foreign key (namespace, deployment_id) references deployment on delete cascade
);
create index assignment_of_deployment on assignment (namespace, deployment_id);
create index assignment_of_executor on assignment (executor_id);

-- Executors that take instances; one that is not heard of is forgotten.
create table host_executor (
  executor_id text primary key,
  runtimes text[] not null,
  capacity int not null,
  heard_at timestamptz not null default now()
);
