import { isFinal, isTerminal, type NodeRun } from '@skein/domain';
import type { Dispatcher } from './dispatcher.ts';
import type { FoundRun } from './find-run.ts';

/** What an open run waits for, and what would help. Empty: nothing. */
export function runWaitsFor(found: FoundRun, dispatcher: Dispatcher | undefined): string {
  const { state, setAside } = found;
  if (isTerminal(state.status)) return '';
  if (setAside !== undefined) return `${setAside}; correct the cause and restart the scheduler, or cancel the run`;
  return [...state.nodes.values()]
    .map((node) => ({ node, reason: nodeWaitsFor(found, node, dispatcher) }))
    .filter(({ reason }) => reason !== '')
    .map(({ node, reason }) => `${node.id}: ${reason}`)
    .join('; ');
}

/** What a node waits for. Empty: nothing. */
export function nodeWaitsFor({ state }: FoundRun, node: NodeRun, dispatcher: Dispatcher | undefined): string {
  if (isFinal(node) || isTerminal(state.status)) return '';
  if (node.retryAtMs !== undefined) {
    return `attempt ${node.attempt + 1} at ${new Date(node.retryAtMs).toISOString()}, after ${node.failure?.code ?? 'a failure'}`;
  }
  if (dispatcher === undefined)
    return 'the scheduler that owns the run, which does not answer; another takes over soon';
  const where = dispatcher.placeOf(state.runId, node.id);
  if (where?.place === 'held') return `the answer of ${where.executorId}`;
  if (where?.place === 'unannounced') return 'executors to say whether they still work on it';
  const { executors, credits } = dispatcher.counts;
  if (executors === 0) return 'an executor to connect; start one, or see `skein doctor`';
  return credits > 0 ? 'its turn' : 'a free executor; all are busy, add one or raise SKEIN_EXECUTOR_CONCURRENCY';
}
