-- What a member can read: a run with newer events is left to one that can.
alter table member add column history_version integer not null default 1 check (history_version > 0);
