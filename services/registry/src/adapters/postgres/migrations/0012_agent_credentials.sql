-- What an agent is called with: the name of a secret that executors have, and the header for it. Null: nothing.
alter table agent_version add column credentials jsonb;
