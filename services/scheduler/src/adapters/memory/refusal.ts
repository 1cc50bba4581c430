import type { CommitBatch, StoredTransition } from '../../app/run-store.ts';

const MAX_SMALLINT = 32_767;
const MAX_INTEGER = 2_147_483_647;

/** Why the database would refuse a batch: numbers out of range, and characters that its text cannot hold. */
export function refusalOf({ transitions }: CommitBatch): string | undefined {
  for (const transition of transitions) {
    const refusal = refusalOfOne(transition);
    if (refusal !== undefined) return `run ${transition.runId}: ${refusal}`;
  }
  return undefined;
}

function refusalOfOne({
  firstSeq,
  eventCount,
  namespace,
  start,
  checkAtMs: wakeAtMs = 0,
  parentCheck,
}: StoredTransition): string | undefined {
  if (firstSeq < 1 || firstSeq > MAX_INTEGER) return `first_seq ${firstSeq} is out of range`;
  if (eventCount < 1 || eventCount > MAX_SMALLINT) return `event_count ${eventCount} is out of range`;
  if (![wakeAtMs, parentCheck?.checkAtMs ?? 0].every(Number.isFinite)) return 'a time that is none';
  if (start === undefined) return undefined;
  const { workflowId, sessionId, key, labels, createdAtMs, checkAtMs } = start;
  if (![createdAtMs, checkAtMs].every(Number.isFinite)) return 'a time that is none';
  const texts = [namespace, workflowId, sessionId, key?.requestId ?? '', ...Object.entries(labels).flat()];
  return texts.some((text) => text.includes('\0')) ? 'text with a zero character' : undefined;
}
