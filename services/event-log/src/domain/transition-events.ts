import { create, fromBinary } from '@bufbuild/protobuf';
import { TimestampSchema, type Timestamp } from '@bufbuild/protobuf/wkt';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
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
  return events.map((event, index) => completed(event, record, index, occurredAt));
}

function completed(event: RunEvent, record: TransitionRecord, index: number, occurredAt?: Timestamp): RunEvent {
  event.namespace = record.namespace;
  event.runId = record.runId;
  event.seq = BigInt(record.firstSeq + index);
  if (occurredAt !== undefined) event.occurredAt = occurredAt;
  return event;
}

/** Names of what an event can say, as {@link eventsOfKinds} takes them. */
export type EventKind = NonNullable<RunEvent['event']['case']>;

/**
 * The events of some kinds, as {@link eventsOf} has them. The others are passed over, not decoded: most of what a
 * transition holds is payloads.
 * @throws BrokenTransitionError
 */
export function eventsOfKinds(record: TransitionRecord, kinds: ReadonlySet<EventKind>): RunEvent[] {
  const numbers = new Set([...kinds].map((kind) => RunEventSchema.field[kind].number));
  try {
    const { occurredAt, bodies } = splitTransition(record.body);
    if (bodies.length !== record.eventCount) throw broken(record, `it holds ${bodies.length} events`);
    const found: RunEvent[] = [];
    for (const [index, body] of bodies.entries()) {
      if (!hasField(body, numbers)) continue;
      const event = fromBinary(RunEventSchema, body);
      found.push(completed(event, record, index, occurredAt));
    }
    return found;
  } catch (cause) {
    throw cause instanceof BrokenTransitionError ? cause : broken(record, 'it is no Transition', cause);
  }
}

/** The last event of a transition. */
export function lastEventOf(record: TransitionRecord): RunEvent {
  return eventsOf(record).at(-1) ?? create(RunEventSchema);
}

/** A Transition with its events left as they are. */
function splitTransition(body: Uint8Array): { readonly occurredAt?: Timestamp; readonly bodies: Uint8Array[] } {
  const { occurredAt, events } = TransitionSchema.field;
  const reader = new BinaryReader(body);
  const bodies: Uint8Array[] = [];
  let time: Timestamp | undefined;
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === events.number && wireType === WireType.LengthDelimited) bodies.push(reader.bytes());
    else if (number === occurredAt.number && wireType === WireType.LengthDelimited) {
      time = fromBinary(TimestampSchema, reader.bytes());
    } else reader.skip(wireType, number);
  }
  return { bodies, ...(time && { occurredAt: time }) };
}

function hasField(body: Uint8Array, numbers: ReadonlySet<number>): boolean {
  const reader = new BinaryReader(body);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (numbers.has(number)) return true;
    reader.skip(wireType, number);
  }
  return false;
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
