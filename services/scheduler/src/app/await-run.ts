import { isTerminal } from '@skein/domain';
import { findRun, type FindRunDependencies, type FoundRun } from './find-run.ts';

/** Waits until a run has ended, the time is up or the caller is gone, and answers with the run as it then is. */
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
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), timeoutMs);
  try {
    const state = await dependencies.engine.whenEnded(runId, AbortSignal.any([timeUp.signal, caller]));
    if (state === undefined) return await findRun(dependencies, namespace, runId);
    return { ...found, state };
  } finally {
    clearTimeout(timer);
  }
}
