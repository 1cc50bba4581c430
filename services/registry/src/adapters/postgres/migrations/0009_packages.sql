-- The catalogue: packages of agents as they were published, and whose signatures count.
create table package (
  namespace    text collate "C" not null,
  -- PUBLISHER/NAME.
  name         text collate "C" not null,
  version      text collate "C" not null,
  -- PackageManifest as JSON; the columns after it are what searches ask for.
  manifest     jsonb            not null,
  publisher    text             not null,
  description  text             not null,
  agent_type   text             not null,
  capabilities text[]           not null,
  digest       text             not null,
  size_bytes   int              not null,
  file_count   int              not null,
  -- Null: nobody signed it.
  key_id       text,
  yanked       boolean          not null default false,
  -- Searches show it: the newest that is not yanked, a prerelease where there is nothing else.
  newest       boolean          not null default false,
  published_at timestamptz      not null default now(),
  primary key (namespace, name, version)
);
create unique index package_newest on package (namespace, name) where newest;

-- Archives in pieces, so that nobody has to hold one whole to send it.
create table package_chunk (
  namespace text collate "C" not null,
  name      text collate "C" not null,
  version   text collate "C" not null,
  position  int              not null,
  data      bytea            not null,
  primary key (namespace, name, version, position),
  foreign key (namespace, name, version) references package on delete cascade
);
-- They are compressed already.
alter table package_chunk alter column data set storage external;

create table trusted_key (
  namespace  text collate "C" not null,
  publisher  text collate "C" not null,
  key_id     text collate "C" not null,
  public_key text             not null,
  created_at timestamptz      not null default now(),
  primary key (namespace, publisher, key_id)
);
