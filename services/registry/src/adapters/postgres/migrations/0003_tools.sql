-- What nodes of workflows call by name: HTTP requests, methods of rpc services, and what else will be.
create table tool (
  namespace     text collate "C" not null,
  tool_id       text collate "C" not null,
  description   text             not null,
  input_schema  jsonb,
  output_schema jsonb,
  kind          text             not null check (kind in ('HTTP', 'RPC')),
  -- What the kind needs, in the registry's own words.
  settings      jsonb            not null,
  created_at    timestamptz      not null default now(),
  updated_at    timestamptz      not null default now(),
  primary key (namespace, tool_id)
);
