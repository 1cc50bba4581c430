import { create, fromBinary } from '@bufbuild/protobuf';
import { RunEventSchema, TransitionSchema, type RunEvent } from '@skein/contracts/event';
import { lastSeqOf, type TransitionRecord } from './transition-record.ts';

/** The body of a stored transition does not hold what its row says. */
export class BrokenTransitionError extends Error {
  override readonly name = 'BrokenTransitionError';
}

/**
 * The events of a transition, whole: what the row says of all of them is filled in.
 * @throws BrokenTransitionError
 */
export function eventsOf(record: TransitionRecord): RunEvent[] {
  const { occurredAt, events } = decode(record);
  if (events.length !== record.eventCount) throw broken(record, `it holds ${events.length} events`);
  return events.map((event, index) => {
    event.namespace = record.namespace;
    event.runId = record.runId;
    event.seq = BigInt(record.firstSeq + index);
    if (occurredAt !== undefined) event.occurredAt = occurredAt;
    return event;
  });
}

/** The last event of a transition. */
export function lastEventOf(record: TransitionRecord): RunEvent {
  return eventsOf(record).at(-1) ?? create(RunEventSchema);
}

function decode(record: TransitionRecord) {
  try {
    return fromBinary(TransitionSchema, record.body);
  } catch (cause) {
    throw broken(record, 'it is no Transition', cause);
  }
}

function broken(record: TransitionRecord, why: string, cause?: unknown): BrokenTransitionError {
  const place = `run ${record.runId}, seq ${record.firstSeq} to ${lastSeqOf(record)}`;
  return new BrokenTransitionError(`the stored transition cannot be read (${place}): ${why}`, { cause });
}
