import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { TransitionSchema } from '@skein/contracts/event';
import type { RunEvent } from '@skein/domain';
import { msOfTimestamp, timestampOfMs } from './clock-types.ts';
import { eventFromMessage } from './event-decode.ts';
import { eventToMessage } from './event-encode.ts';

/** Raised with every kind of event that is added: who understands a higher one can read what lower ones cannot. */
export const HISTORY_VERSION = 2;

/** The events of one step of a run, with the time they share. */
export interface Transition {
  readonly occurredAtMs: number;
  readonly events: readonly RunEvent[];
}

/** A transition as it is stored and carried. */
export function encodeTransition(transition: Transition): Uint8Array {
  const events = transition.events.map(eventToMessage);
  const occurredAt = timestampOfMs(transition.occurredAtMs);
  return toBinary(TransitionSchema, { $typeName: 'skein.event.v1.Transition', occurredAt, events });
}

/**
 * A stored transition.
 * @throws UnknownEventError for events that were added after this version.
 */
export function decodeTransition(body: Uint8Array): Transition {
  const { occurredAt, events } = fromBinary(TransitionSchema, body);
  return { occurredAtMs: msOfTimestamp(occurredAt), events: events.map(eventFromMessage) };
}
