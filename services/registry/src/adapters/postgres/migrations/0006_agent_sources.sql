-- The agents that the file of agents keeps; all others are kept by whoever registered them.
create table agent_source (
  namespace text collate "C" not null,
  agent_id  text collate "C" not null,
  source    text not null check (source in ('CONFIG', 'WELL_KNOWN')),
  primary key (namespace, agent_id)
);
