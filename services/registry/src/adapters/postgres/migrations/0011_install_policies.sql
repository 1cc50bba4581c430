-- How a namespace installs packages; without a row, as a request says.
create table install_policy (
  namespace         text collate "C" primary key,
  require_signature boolean          not null,
  -- Of the keys that are trusted, those that count; empty: all of them.
  allowed_key_ids   text[]           not null,
  updated_at        timestamptz      not null default now()
);
