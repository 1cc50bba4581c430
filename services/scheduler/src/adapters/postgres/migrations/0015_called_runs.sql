-- The runs that agents have started as children of their own. A row is written before its run begins, and goes after its end.
create table called_run (
  run_id        uuid        primary key,
  parent_run_id uuid        not null,
  node_id       text        not null,
  created_at    timestamptz not null default now()
);

-- What run tokens are made with: 32 bytes, more than 240 bits of them random. Whoever has it can make tokens.
create table run_token_key (
  is_only boolean primary key default true check (is_only),
  key     bytea   not null
);
insert into run_token_key (key) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
