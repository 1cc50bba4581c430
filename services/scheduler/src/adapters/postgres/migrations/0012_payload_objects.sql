-- The text of a payload may be in the object store: then the row says that it is there, and has none of its own.
alter table payload alter column json drop not null;

-- Whether a deleted run may still have objects there.
alter table run_deletion add column has_objects boolean not null default false;
create index run_deletion_objects on run_deletion (run_id) where has_objects;
