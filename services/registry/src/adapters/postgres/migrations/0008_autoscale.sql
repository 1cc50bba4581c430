-- Deployments whose load decides how many instances run.
alter table deployment
  -- Null: somebody says how many.
  add column autoscale jsonb,
  -- Another number that is wanted but not for long enough yet.
  add column scale_pending jsonb,
  add column scale_reason text not null default '',
  add column scaled_at timestamptz,
  -- When a call was last seen, or an instance asked for.
  add column used_at timestamptz not null default now();

-- Who speaks for an instance without saying how busy it is leaves what the instance said of itself.
alter table instance add column load_reported_at timestamptz;
update instance set load_reported_at = reported_at where load is not null;

-- Deployments that are given to one executor as a whole: where their instances answer, and how many are of the newest revision.
alter table assignment
  add column endpoints text[] not null default '{}',
  add column updated_replicas int not null default 0;
