import { Code } from '@connectrpc/connect';
import type { Plan, RunState } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import { untilKnown } from './known-seq.ts';
import type { PlanSource } from './plan-source.ts';
import type { RunEngine } from './run-engine.ts';
import type { Ownership } from './ownership.ts';
import { foldHistory, lastSeqOf } from './run-history.ts';
import type { RunStore } from './run-store.ts';

/** A run as its last committed transition left it. */
export interface FoundRun {
  readonly state: RunState;
  readonly plan: Plan;
  /** Why the run stands aside for an operator; undefined: it does not. */
  readonly setAside: string | undefined;
  /** What keeps its next transition from the store; undefined: nothing that is known. */
  readonly heldUp?: string | undefined;
}

/** What finding needs. */
export interface FindRunDependencies {
  readonly engine: RunEngine;
  readonly store: Pick<RunStore, 'load' | 'lastTransition'>;
  readonly plans: PlanSource;
  readonly ownership: Pick<Ownership, 'owns' | 'isSettling'>;
}

/**
 * A run of a namespace, as far as `minSeq` at least. A run of another namespace is not found, exactly like one that does
 * not exist.
 * @throws RUN_NOT_FOUND, NOT_READY where `minSeq` is not reached
 */
export async function findRun(
  dependencies: FindRunDependencies,
  namespace: string,
  runId: string,
  minSeq = 0,
): Promise<FoundRun> {
  const { store, plans } = dependencies;
  const open = await findInMemory(dependencies, runId);
  if (open !== undefined && open.state.seq >= minSeq) {
    if (open.state.namespace !== namespace) throw runNotFound(namespace, runId);
    return open;
  }
  if (minSeq > 0) await untilKnown(store, [{ runId, seq: minSeq }]);
  const stored = await store.load(runId);
  if (stored === undefined || stored.namespace !== namespace) throw runNotFound(namespace, runId);
  const state = foldHistory(runId, namespace, stored.rows);
  return { state, plan: await plans.ofRun(state), setAside: undefined };
}

/** A run in memory, unless somebody else may have gone on with it since. */
async function findInMemory(
  { engine, store, ownership }: FindRunDependencies,
  runId: string,
): Promise<FoundRun | undefined> {
  const open = engine.peek(runId);
  if (open === undefined || !ownership.owns(runId)) return undefined;
  const isHead = !ownership.isSettling || (await lastSeqOf(store, runId)) === open.state.seq;
  return isHead ? open : undefined;
}

/** No such run in this namespace. */
export function runNotFound(namespace: string, runId: string) {
  return skeinError({
    reason: 'RUN_NOT_FOUND',
    code: Code.NotFound,
    message: `namespace ${namespace} has no run ${runId}`,
    place: 'run_id',
    remedy: '`skein runs list` shows what there is',
  });
}
