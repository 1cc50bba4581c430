-- What was published once and is deleted: its name and version mean these files for ever, and its key still counts.
create table deleted_package (
  namespace  text collate "C" not null,
  name       text collate "C" not null,
  version    text collate "C" not null,
  digest     text             not null,
  -- Null: nobody had signed it.
  key_id     text,
  deleted_at timestamptz      not null default now(),
  primary key (namespace, name, version)
);
