import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { BusMessage, EventBus } from '@skein/bus';
import { EventBatchConfirmationSchema, EventBatchSchema, type EventBatch } from '@skein/contracts/event';
import { recordsOf } from '../domain/event-batch.ts';
import { defectOf, type TransitionRecord } from '../domain/transition-record.ts';
import type { EventLogObserver } from './event-log-observer.ts';
import { RefusedDataError, type RunEventStore } from './run-event-store.ts';
import { SourceUnavailableError, type RunHistorySource } from './run-history-source.ts';

/** A message of the bus with what is to be stored of it. */
interface Arrival {
  readonly message: BusMessage;
  readonly batch: EventBatch;
  readonly records: readonly TransitionRecord[];
}

/** What ingesting needs. */
export interface IngestParts {
  readonly bus: Pick<EventBus, 'publishConfirmation'>;
  readonly store: RunEventStore;
  readonly source: RunHistorySource;
  readonly observer: EventLogObserver;
  /** Told of what was committed, so that whoever follows these runs here need not wait for the tail. */
  readonly onStored: (records: readonly TransitionRecord[]) => void;
}

/**
 * Stores what the bus delivers, and confirms it:
 *
 *   messages → decoded, bodies untouched → missing bodies fetched → one commit → confirmation → acknowledged
 *
 * Owns the order of these steps. Does not own redelivery: the bus delivers again what this rejects, and the
 * scheduler's outbox publishes again what is not confirmed.
 *
 * Invariants:
 * I1. A part of a batch is confirmed only after all its records are committed.
 * I2. What can never be stored is reported and left unconfirmed; it neither blocks nor repeats the rest.
 * I3. A store that fails rejects the whole call.
 */
export class IngestEventBatches {
  readonly #parts: IngestParts;

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  /** Takes everything that gathered on the bus. */
  async handle(messages: readonly BusMessage[]): Promise<void> {
    const startedAtMs = performance.now();
    const arrivals = await this.#withBodies(messages.flatMap((message) => this.#arrivalOf(message)));
    const stored = await this.#store(arrivals);
    if (stored.arrivals.length === 0) return;
    const parts = stored.arrivals.map(({ batch: { batchId, partIndex, partCount } }) => {
      return { batchId, partIndex, partCount };
    });
    const confirmation = create(EventBatchConfirmationSchema, { parts });
    this.#parts.bus.publishConfirmation(toBinary(EventBatchConfirmationSchema, confirmation));
    const records = stored.arrivals.flatMap((arrival) => arrival.records);
    this.#parts.observer.stored({
      batches: parts.length,
      records: records.length,
      added: stored.added,
      durationMs: performance.now() - startedAtMs,
    });
    this.#parts.onStored(records);
  }

  /** None where the message is malformed. */
  #arrivalOf(message: BusMessage): Arrival[] {
    const { messageId } = message;
    let batch: EventBatch;
    try {
      batch = fromBinary(EventBatchSchema, message.body);
    } catch (error) {
      this.#parts.observer.malformed({ messageId, defect: error instanceof Error ? error.message : String(error) });
      return [];
    }
    const records = recordsOf(batch);
    const defect = records.map(defectOf).find((found) => found !== undefined);
    if (defect === undefined) return [{ message, batch, records }];
    this.#parts.observer.malformed({ messageId, defect });
    return [];
  }

  /** Without those whose bodies cannot be fetched right now: the outbox brings them again. */
  async #withBodies(arrivals: readonly Arrival[]): Promise<Arrival[]> {
    const whole: Arrival[] = [];
    for (const arrival of arrivals) {
      if (arrival.records.every((record) => record.body.byteLength > 0)) {
        whole.push(arrival);
        continue;
      }
      const records: TransitionRecord[] = [];
      for (const record of arrival.records) {
        const found = record.body.byteLength > 0 ? record : await this.#fetch(record);
        if (found !== undefined) records.push(found);
      }
      if (records.length === arrival.records.length) whole.push({ ...arrival, records });
    }
    return whole;
  }

  async #fetch(missing: TransitionRecord): Promise<TransitionRecord | undefined> {
    try {
      const fetched = await this.#parts.source.fetchAfter(missing, missing.firstSeq - 1, 1);
      const found = fetched?.records.find((record) => record.firstSeq === missing.firstSeq);
      if (found !== undefined) this.#parts.observer.repaired(missing, { afterSeq: missing.firstSeq - 1, records: 1 });
      return found;
    } catch (error) {
      if (!(error instanceof SourceUnavailableError)) throw error;
      this.#parts.observer.sourceUnavailable(missing, error);
      return undefined;
    }
  }

  /** Where the store refuses the data, halves are tried until the one message that it refuses stands alone (I2). */
  async #store(arrivals: readonly Arrival[]): Promise<{ arrivals: readonly Arrival[]; added: number }> {
    if (arrivals.length === 0) return { arrivals: [], added: 0 };
    try {
      const added = await this.#parts.store.append(arrivals.flatMap((arrival) => arrival.records));
      return { arrivals, added };
    } catch (error) {
      if (!(error instanceof RefusedDataError)) throw error;
      const [only, ...others] = arrivals;
      if (only === undefined || others.length === 0) {
        this.#parts.observer.refused({ messageId: only?.message.messageId ?? '', error });
        return { arrivals: [], added: 0 };
      }
      const middle = Math.ceil(arrivals.length / 2);
      const first = await this.#store(arrivals.slice(0, middle));
      const second = await this.#store(arrivals.slice(middle));
      return { arrivals: [...first.arrivals, ...second.arrivals], added: first.added + second.added };
    }
  }
}
