import { create, fromBinary, type DescField } from '@bufbuild/protobuf';
import { TimestampSchema, type Timestamp } from '@bufbuild/protobuf/wkt';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { RunEventSchema, TransitionSchema, type RunEvent } from '@skein/contracts/event';
import { msOfTimestamp } from '@skein/events';
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
  return events.map((event, index) => completed(event, record, index, occurredAt));
}

function completed(event: RunEvent, record: TransitionRecord, index: number, occurredAt?: Timestamp): RunEvent {
  event.namespace = record.namespace;
  event.runId = record.runId;
  event.seq = BigInt(record.firstSeq + index);
  if (occurredAt !== undefined) event.occurredAt = occurredAt;
  return event;
}

/** Names of what an event can say. */
type EventKind = NonNullable<RunEvent['event']['case']>;

/** Kinds of events by their field numbers, for {@link eventsOfKinds}. */
export type EventKinds = ReadonlyMap<number, DescField & { readonly fieldKind: 'message' }>;

/** Some kinds of events. */
export function eventKinds(...kinds: readonly EventKind[]): EventKinds {
  const fields = kinds.map((kind) => RunEventSchema.field[kind]);
  return new Map(fields.filter((field) => field.fieldKind === 'message').map((field) => [field.number, field]));
}

/** What one event of a stored transition says. */
export interface StoredEvent {
  readonly event: RunEvent['event'];
  /** When its transition was made, in milliseconds since 1970. */
  readonly atMs: number;
}

/**
 * The events of some kinds, in their order. The others are passed over, not decoded: most of what a transition holds is
 * payloads.
 * @throws BrokenTransitionError
 */
export function eventsOfKinds(record: TransitionRecord, kinds: EventKinds): StoredEvent[] {
  const { occurredAt, events } = TransitionSchema.field;
  const reader = new BinaryReader(record.body);
  const found: RunEvent['event'][] = [];
  let atMs = 0;
  let count = 0;
  try {
    while (reader.pos < reader.len) {
      const [number, wireType] = reader.tag();
      if (number === events.number) {
        count += 1;
        const event = eventAt(reader, kinds);
        if (event !== undefined) found.push(event);
      } else if (number === occurredAt.number) atMs = msOfTimestamp(fromBinary(TimestampSchema, reader.bytes()));
      else reader.skip(wireType, number);
    }
  } catch (cause) {
    throw broken(record, 'it is no Transition', cause);
  }
  if (count !== record.eventCount) throw broken(record, `it holds ${count} events`);
  return found.map((event) => ({ event, atMs }));
}

/** Reads over one event; undefined where it is of none of the kinds. */
function eventAt(reader: BinaryReader, kinds: EventKinds): RunEvent['event'] | undefined {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError('an event ends after its transition');
  let event: RunEvent['event'] | undefined;
  while (reader.pos < end && event === undefined) {
    const [number, wireType] = reader.tag();
    const field = kinds.get(number);
    if (field === undefined) reader.skip(wireType, number);
    else event = { case: field.localName, value: fromBinary(field.message, reader.bytes()) } as RunEvent['event'];
  }
  reader.pos = end;
  return event;
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
