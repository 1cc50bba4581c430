/**
 * What one executor is to keep running, for as long as it listens.
 *
 * A1. The executor is heard of every `beatMs` at least, in whichever registry it is connected to.
 * A2. Each answer is the whole: a lost one costs nothing once the next has come.
 */
import type { DeploymentNews } from './deployment-news.ts';
import type { AssignedInstance, AssignmentStore, HeardExecutor } from './deployment-store.ts';

/** What watching needs. */
export interface WatchAssignmentsParts {
  readonly assignments: AssignmentStore;
  readonly news: DeploymentNews;
  /** Time between two looks where nobody tells of news. */
  readonly beatMs: number;
  /** Ends every watch. */
  readonly stopping: AbortSignal;
}

/** Ends when `signal` does, or the registry stops. */
export async function* watchAssignments(
  { assignments, news, beatMs, stopping }: WatchAssignmentsParts,
  executor: HeardExecutor,
  signal: AbortSignal,
): AsyncGenerator<readonly AssignedInstance[]> {
  const over = AbortSignal.any([signal, stopping]);
  let wake: (() => void) | undefined;
  let isNews = false;
  const onNews = () => {
    isNews = true;
    wake?.();
  };
  using _listening = news.listen(onNews);
  over.addEventListener('abort', onNews);
  let told: string | undefined;
  while (!over.aborted) {
    isNews = false;
    const assigned = await assignments.hear(executor);
    const text = JSON.stringify(assigned);
    if (text !== told) yield assigned;
    told = text;
    if (isNews || over.aborted) continue;
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const timer = setTimeout(resolve, beatMs);
    await promise;
    clearTimeout(timer);
  }
}
