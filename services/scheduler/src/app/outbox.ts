/**
 * Carries committed transitions to event-log: at once after the commit, and again until event-log has confirmed.
 *
 * Owns: which outbox rows are confirmed, part by part. Does not own: the rows (RunStore), the way (EventBus).
 *
 * O1. A row goes only after every part of its batch is confirmed: event-log has committed it to its own store.
 * O2. A batch is cut into the same parts each time, whoever publishes it: parts of different rounds add up.
 * O3. A batch that is not confirmed within RELAY_AGE_MS is read from the store and published again, for ever.
 */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  EventBatchConfirmationSchema,
  EventBatchSchema,
  TransitionRecordSchema,
  type ConfirmedPart,
  type TransitionRecord,
} from '@skein/contracts/event';
import type { OutboxBatch, RunStore } from './run-store.ts';

/** The part of the bus that carries events. */
export interface EventCarrier {
  readonly maxPayloadBytes: number;
  publishEventBatch(batch: {
    namespace: string;
    messageId: string;
    body: Uint8Array;
    headers?: { traceparent?: string };
  }): Promise<void>;
}

/** What an outbox needs. */
export interface OutboxOptions {
  readonly carrier: EventCarrier;
  readonly store: Pick<RunStore, 'staleOutbox' | 'deleteOutbox'>;
  /** Told of every batch that could not be published; it will be, later. */
  readonly onPublishFailed: (error: unknown) => void;
}

/** Age at which an unconfirmed batch is published again. */
export const RELAY_AGE_MS = 2000;
const RELAY_LIMIT = 100;
/** Room that a message needs beside the bodies of its transitions. */
const ENVELOPE_BYTES = 1024;
const RECORD_BYTES = 64;
/** Batches of which some parts are confirmed; of more, the oldest are forgotten and published again. */
const MAX_PARTLY_CONFIRMED = 10_000;
/** What a batch id looks like. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The last bit of the flags says that the trace is recorded. */
const SAMPLED = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f][13579bdf]$/;

/** The outbox of one scheduler. */
export class Outbox {
  readonly #options: OutboxOptions;
  /** Parts confirmed so far of batches with several. */
  readonly #parts = new Map<string, Set<number>>();
  #confirmed: string[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Publishes what a commit stored. */
  publish(batch: OutboxBatch): void {
    const maxBytes = this.#options.carrier.maxPayloadBytes - ENVELOPE_BYTES;
    const parts = splitIntoParts(batch, maxBytes);
    for (const [partIndex, { namespace, transitions, traceparent }] of parts.entries()) {
      const message = { batchId: batch.batchId, namespace, transitions, partCount: parts.length, partIndex };
      const body = toBinary(EventBatchSchema, create(EventBatchSchema, message));
      const messageId = `${batch.batchId}/${partIndex}`;
      const headers = traceparent === undefined ? {} : { headers: { traceparent } };
      this.#options.carrier
        .publishEventBatch({ namespace, messageId, body, ...headers })
        .catch(this.#options.onPublishFailed);
    }
  }

  /** Takes note of what event-log has committed. What is no id of a batch is passed over: it would spoil the commit it goes with. */
  confirm(body: Uint8Array): void {
    for (const part of fromBinary(EventBatchConfirmationSchema, body).parts) {
      if (UUID.test(part.batchId) && this.#isComplete(part)) this.#confirmed.push(part.batchId);
    }
  }

  /** The rows that may go, handed out once: with the next commit, usually. */
  takeConfirmed(): readonly string[] {
    const confirmed = this.#confirmed;
    this.#confirmed = [];
    return confirmed;
  }

  /** One round of the relay: deletes what is confirmed and publishes what should be by now (O3). */
  async relay(): Promise<void> {
    const confirmed = this.takeConfirmed();
    if (confirmed.length > 0) await this.#options.store.deleteOutbox(confirmed);
    for (const batch of await this.#options.store.staleOutbox(RELAY_AGE_MS, RELAY_LIMIT)) this.publish(batch);
  }

  /** O1. */
  #isComplete({ batchId, partIndex, partCount }: ConfirmedPart): boolean {
    if (partCount <= 1) return true;
    // A bus that was set up anew may take larger messages: then the parts are others.
    const key = `${batchId}/${partCount}`;
    const seen = this.#parts.get(key) ?? new Set<number>();
    this.#parts.set(key, seen.add(partIndex));
    if (seen.size < partCount) {
      const [oldest] = this.#parts.keys();
      if (this.#parts.size > MAX_PARTLY_CONFIRMED && oldest !== undefined) this.#parts.delete(oldest);
      return false;
    }
    this.#parts.delete(key);
    return true;
  }
}

interface Part {
  readonly namespace: string;
  /** Of the first run in it whose trace is recorded: traces are rare, two in one message rarer still. */
  traceparent: string | undefined;
  readonly transitions: TransitionRecord[];
}

/** O2. One message a namespace, more where one would be too large. A body that is too large by itself stays behind. */
function splitIntoParts(batch: OutboxBatch, maxBytes: number): Part[] {
  const parts: Part[] = [];
  const open = new Map<string, { part: Part; bytes: number }>();
  const inOrder = batch.transitions.toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
  for (const { namespace, runId, firstSeq, eventCount, body, traceparent = '' } of inOrder) {
    const carried = body.byteLength + RECORD_BYTES <= maxBytes ? body : new Uint8Array();
    const bytes = carried.byteLength + RECORD_BYTES;
    let current = open.get(namespace);
    if (current === undefined || current.bytes + bytes > maxBytes) {
      current = { part: { namespace, traceparent: undefined, transitions: [] }, bytes: 0 };
      parts.push(current.part);
      open.set(namespace, current);
    }
    current.bytes += bytes;
    if (SAMPLED.test(traceparent)) current.part.traceparent ??= traceparent;
    const record = { runId, firstSeq: BigInt(firstSeq), eventCount, body: carried as Uint8Array<ArrayBuffer> };
    current.part.transitions.push(create(TransitionRecordSchema, record));
  }
  return parts;
}
