-- Texts of large payloads, which leave their events: written with the transition that claims them.
create table payload (
  run_id uuid  not null,
  digest bytea not null check (octet_length(digest) = 32),
  json   bytea not null,
  primary key (run_id, digest)
);
