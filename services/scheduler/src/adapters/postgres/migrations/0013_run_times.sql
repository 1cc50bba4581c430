-- Ranges of times in filters. Runs lie in about the order in which they were created and ended, so that a summary of each
-- few pages says which of them may hold one: a few hundred bytes for a thousand runs, and nothing to write for a transition.
-- Several ranges a summary, because pages that were pruned take in newer runs.
create index run_by_times on run using brin (
  created_at timestamptz_minmax_multi_ops, ended_at timestamptz_minmax_multi_ops
) with (pages_per_range = 16, autosummarize = on);
