/** What a child run of a forked run need not do again: what its counterpart in the run it comes from has done. */
import { compensationId, type ForkSource, type OpenChild, type Plan, type RunState } from '@skein/domain';
import { decodeTransition } from '@skein/events';
import type { PlanSource } from './plan-source.ts';
import { redone, reusableResults } from './reusable-results.ts';
import type { RunCell } from './run-cell.ts';
import { foldHistory } from './run-history.ts';
import type { HistoryRow, RunStore } from './run-store.ts';

/** What finding counterparts needs. */
export interface ChildForkDependencies {
  readonly store: Pick<RunStore, 'load'>;
  readonly plans: PlanSource;
}

/**
 * The counterpart of a child, and its results; undefined where there is none, where its events are pruned, where its
 * parent has undone it, or where the node is done again. Only for first attempts: what failed is not taken over twice.
 */
export async function childFork(
  dependencies: ChildForkDependencies,
  cell: RunCell,
  { nodeId, attempt, index }: OpenChild,
  after: Plan,
): Promise<ForkSource | undefined> {
  const origin = cell.state?.forkedFrom;
  if (origin === undefined || attempt > 1 || redone(cell.plan, origin.redoNodeIds).has(nodeId)) return undefined;
  cell.counterparts ??= counterpartsOf(dependencies, origin.runId, origin.seq);
  const runId = (await cell.counterparts).get(nodeId)?.[index];
  const stored = runId === undefined ? undefined : await dependencies.store.load(runId);
  if (runId === undefined || stored === undefined || stored.rows[0]?.prunedRun !== undefined) return undefined;
  const source: RunState = foldHistory(runId, stored.namespace, stored.rows);
  const before = await dependencies.plans.ofRun(source);
  const results = reusableResults({ source, before, after, redo: new Set() }, source.seq);
  return { runId, seq: source.seq, redoNodeIds: [], results };
}

/**
 * The child runs that a run had started by an event, by node and index: those of each node's last attempt. What was
 * undone since is not there any more, or nobody knows; what could not be undone is.
 */
async function counterpartsOf(
  { store }: ChildForkDependencies,
  runId: string,
  seq: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const stored = await store.load(runId);
  const found = new Map<string, string[]>();
  if (stored?.rows[0]?.prunedRun !== undefined) return found;
  const attempts = new Map<string, number>();
  /** Nodes that were scheduled and have not failed. */
  const atWork = new Set<string>();
  for (const event of eventsUntil(stored?.rows ?? [], seq)) {
    if (event.kind === 'node_scheduled') atWork.add(event.nodeId);
    if (event.kind === 'node_failed') atWork.delete(event.nodeId);
    if (event.kind !== 'child_runs_started') continue;
    const { nodeId, attempt, firstIndex, childRunIds } = event;
    if (attempts.get(nodeId) !== attempt) found.set(nodeId, []);
    attempts.set(nodeId, attempt);
    for (const [offset, childRunId] of childRunIds.entries()) {
      const ids = found.get(nodeId);
      if (ids !== undefined) ids[firstIndex + offset] = childRunId;
    }
  }
  for (const nodeId of found.keys()) if (atWork.has(compensationId(nodeId))) found.delete(nodeId);
  return found;
}

function* eventsUntil(rows: readonly HistoryRow[], seq: number) {
  for (const { firstSeq, body } of rows) {
    for (const [offset, event] of decodeTransition(body).events.entries()) {
      if (firstSeq + offset > seq) return;
      yield event;
    }
  }
}
