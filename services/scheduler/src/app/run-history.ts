import { evolve, type RunState } from '@skein/domain';
import { decodeTransition } from '@skein/events';
import { decodeFinalState } from './final-state.ts';
import type { HistoryRow, RunStore } from './run-store.ts';

/** A run's history is not what it must be: rows are missing or overlap. */
export class BrokenHistoryError extends Error {
  override readonly name = 'BrokenHistoryError';
}

/**
 * The state that a run's stored history says, pruned or not.
 * @throws BrokenHistoryError when rows do not follow each other without a gap.
 * @throws UnknownEventError, UnknownFinalStateError when a newer version wrote to it: leave the run to that one.
 */
export function foldHistory(runId: string, namespace: string, rows: readonly HistoryRow[]): RunState {
  const [first] = rows;
  if (first?.prunedRun !== undefined) return decodeFinalState(first.prunedRun, first);
  let state: RunState | undefined;
  let nextSeq = 1;
  for (const row of rows) {
    const { occurredAtMs, events } = decodeTransition(row.body);
    if (row.firstSeq !== nextSeq || events.length !== row.eventCount) {
      const found = `found ${row.eventCount} events from seq ${row.firstSeq}`;
      throw new BrokenHistoryError(`run ${runId}: expected events from seq ${nextSeq}, ${found}`);
    }
    for (const event of events) {
      state = evolve(state, { runId, namespace }, event, { seq: nextSeq, occurredAtMs });
      nextSeq += 1;
    }
  }
  if (state === undefined) throw new BrokenHistoryError(`run ${runId} has no events`);
  return state;
}

/** seq of a run's last stored event; 0 where there is none. */
export async function lastSeqOf(store: Pick<RunStore, 'lastTransition'>, runId: string): Promise<number> {
  const last = await store.lastTransition(runId);
  return last === undefined ? 0 : last.firstSeq + last.eventCount - 1;
}
