-- Instances as containers, executors that can be asked, and those that are known to be gone.

alter table assignment
  add column container_id text not null default '',
  -- What the executor cannot do of what was asked.
  add column notice text not null default '';

-- At which the executor serves what its instances wrote; empty: it does not.
alter table host_executor add column address text not null default '';

-- Executors that took instances once and were forgotten. What they left behind may be removed.
create table gone_executor (
  executor_id text primary key,
  gone_at timestamptz not null default now()
);
