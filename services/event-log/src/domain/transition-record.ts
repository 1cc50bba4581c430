/** The events of one step of a run, as the scheduler wrote them; nobody looks into the body on the way in. */
export interface TransitionRecord {
  readonly namespace: string;
  /** A UUID in lower case. */
  readonly runId: string;
  /** seq of the first event; from 1. */
  readonly firstSeq: number;
  /** At least 1. */
  readonly eventCount: number;
  /** A `skein.event.v1.Transition`. Empty where it did not fit on the bus. */
  readonly body: Uint8Array;
}

/** seq of the last event. */
export function lastSeqOf(record: Pick<TransitionRecord, 'firstSeq' | 'eventCount'>): number {
  return record.firstSeq + record.eventCount - 1;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAX_EVENT_COUNT = 2 ** 31 - 1;

/** Why a record can never be stored; undefined where it can. */
export function defectOf(record: TransitionRecord): string | undefined {
  if (record.namespace === '' || record.namespace.includes('\0')) return 'its namespace is not one';
  if (!UUID.test(record.runId)) return 'its run_id is not a UUID in lower case';
  if (!Number.isSafeInteger(record.firstSeq) || record.firstSeq < 1) return 'its first_seq is not 1 or more';
  if (!(record.eventCount >= 1 && record.eventCount <= MAX_EVENT_COUNT)) return 'its event_count is not 1 or more';
  return undefined;
}

/** By run, then by position: the one order in which records are stored, so that two batches never deadlock. */
export function byRunAndSeq(a: TransitionRecord, b: TransitionRecord): number {
  if (a.runId !== b.runId) return a.runId < b.runId ? -1 : 1;
  return a.firstSeq - b.firstSeq;
}

/** The records of one run that continue it after `afterSeq` without a gap, oldest first. What they hold is no older. */
export function contiguousAfter<T extends TransitionRecord>(records: readonly T[], afterSeq: number): T[] {
  const taken: T[] = [];
  let seq = afterSeq;
  for (const record of records) {
    if (lastSeqOf(record) <= seq) continue;
    if (record.firstSeq > seq + 1) break;
    taken.push(record);
    seq = lastSeqOf(record);
  }
  return taken;
}
