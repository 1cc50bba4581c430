import { Code } from '@connectrpc/connect';
import type { Plan, RunState } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import type { PlanSource } from './plan-source.ts';
import type { RunEngine } from './run-engine.ts';
import { foldHistory } from './run-history.ts';
import type { RunStore } from './run-store.ts';

/** A run as its last committed transition left it. */
export interface FoundRun {
  readonly state: RunState;
  readonly plan: Plan;
  /** Why the run stands aside for an operator; undefined: it does not. */
  readonly setAside: string | undefined;
}

/** What finding needs. */
export interface FindRunDependencies {
  readonly engine: RunEngine;
  readonly store: Pick<RunStore, 'load'>;
  readonly plans: PlanSource;
}

/**
 * A run of a namespace. A run of another namespace is not found, exactly like one that does not exist.
 * @throws RUN_NOT_FOUND
 */
export async function findRun(
  { engine, store, plans }: FindRunDependencies,
  namespace: string,
  runId: string,
): Promise<FoundRun> {
  const open = engine.peek(runId);
  if (open !== undefined) {
    if (open.state.namespace !== namespace) throw runNotFound(namespace, runId);
    return open;
  }
  const stored = await store.load(runId);
  if (stored === undefined || stored.namespace !== namespace) throw runNotFound(namespace, runId);
  const state = foldHistory(runId, namespace, stored.rows);
  return { state, plan: await plans.ofRun(state), setAside: undefined };
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
