import type { EventBatch } from '@skein/contracts/event';
import type { TransitionRecord } from './transition-record.ts';

/** The records of a batch, with the namespace that all of them share. */
export function recordsOf({ namespace, transitions }: EventBatch): TransitionRecord[] {
  return transitions.map(({ runId, firstSeq, eventCount, body }) => {
    return { namespace, runId, firstSeq: Number(firstSeq), eventCount, body };
  });
}
