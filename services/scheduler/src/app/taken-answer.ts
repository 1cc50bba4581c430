import type { Payload } from '@skein/domain';
import { decodeTransition } from '@skein/events';
import type { RunStore } from './run-store.ts';

/** An answer that counts. */
export interface TakenAnswer {
  /** The node whose agent had asked. */
  readonly nodeId: string;
  readonly value: Payload;
}

/**
 * What a question of a run was answered with, by the run's history. Undefined: it was not answered, or there is no such
 * question, or the run's events are pruned.
 */
export async function takenAnswer(
  store: Pick<RunStore, 'load'>,
  runId: string,
  questionSeq: number,
): Promise<TakenAnswer | undefined> {
  const stored = await store.load(runId);
  let askedBy: string | undefined;
  for (const { firstSeq, body, prunedRun } of stored?.rows ?? []) {
    if (prunedRun !== undefined) return undefined;
    for (const [offset, event] of decodeTransition(body).events.entries()) {
      if (firstSeq + offset === questionSeq && event.kind === 'input_required') askedBy = event.nodeId;
      // A node asks one question at a time.
      if (event.kind === 'input_provided' && event.nodeId === askedBy) return event;
    }
  }
  return undefined;
}
