import { isTerminal, type RunState } from '@skein/domain';
import { findRun, type FindRunDependencies, type FoundRun } from './find-run.ts';
import { RunElsewhereError } from './run-errors.ts';

/**
 * Waits until a run has ended, the time is up or the caller is gone, and answers with the run as it then is. A run that
 * becomes another scheduler's is answered as it is at that moment.
 */
export async function awaitRun(
  dependencies: FindRunDependencies,
  namespace: string,
  runId: string,
  timeoutMs: number,
  caller: AbortSignal,
): Promise<FoundRun> {
  const found = await findRun(dependencies, namespace, runId);
  return awaitFound(dependencies, found, timeoutMs, caller);
}

/** The same for a run that is at hand. */
export async function awaitFound(
  dependencies: FindRunDependencies,
  found: FoundRun,
  timeoutMs: number,
  caller: AbortSignal,
): Promise<FoundRun> {
  if (isTerminal(found.state.status) || timeoutMs <= 0) return found;
  const { runId, namespace } = found.state;
  const state = await endOf(dependencies, runId, timeoutMs, caller);
  return state === undefined ? findRun(dependencies, namespace, runId) : { ...found, state };
}

async function endOf(
  { engine }: FindRunDependencies,
  runId: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<RunState | undefined> {
  try {
    return await engine.whenEnded(runId, timeoutMs, signal);
  } catch (error) {
    if (error instanceof RunElsewhereError) return undefined;
    throw error;
  }
}
