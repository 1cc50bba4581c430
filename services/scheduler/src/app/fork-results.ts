import type { ForkOrigin, Plan, ReusableResult, RunState } from '@skein/domain';
import type { PlanSource } from './plan-source.ts';
import { redone, reusableResults } from './reusable-results.ts';
import { foldHistory } from './run-history.ts';
import type { RunStore } from './run-store.ts';

/** What finding them needs. */
export interface ForkResultDependencies {
  readonly store: Pick<RunStore, 'load'>;
  readonly plans: PlanSource;
}

/** The results that a fork takes over, found again from where it comes from. */
export async function forkResults(
  { store, plans }: ForkResultDependencies,
  { namespace }: RunState,
  after: Plan,
  { runId, seq, redoNodeIds }: ForkOrigin,
): Promise<ReadonlyMap<string, ReusableResult>> {
  const stored = await store.load(runId);
  if (stored === undefined) return new Map();
  const source = foldHistory(runId, namespace, stored.rows);
  const before = await plans.ofRun(source);
  return reusableResults({ source, before, after, redo: redone(after, redoNodeIds) }, seq);
}
