-- A run whose events were pruned: the seq of its last event, and its row of run_event with first_seq 1 holds the run as
-- it ended. Zero: its history cannot be folded and stays.
alter table run add column pruned_seq integer check (pruned_seq is null or (pruned_seq >= 0 and ended_at is not null));

-- What is still to be pruned.
create index run_unpruned on run (ended_at) where ended_at is not null and pruned_seq is null;
