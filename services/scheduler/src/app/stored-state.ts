import type { RunState } from '@skein/domain';
import { decodeFinalState } from './final-state.ts';
import { foldHistory } from './run-history.ts';
import type { StoredHistory } from './run-store.ts';

/**
 * The state that a stored history says, pruned or not.
 * @throws BrokenHistoryError when rows do not follow each other without a gap.
 * @throws UnknownEventError, UnknownFinalStateError when a newer version wrote to it: leave the run to that one.
 */
export function storedState(runId: string, { namespace, rows, pruned }: StoredHistory): RunState {
  return pruned === undefined ? foldHistory(runId, namespace, rows) : decodeFinalState(pruned);
}
