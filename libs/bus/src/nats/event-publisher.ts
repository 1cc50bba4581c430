import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { RequestError, TimeoutError, headers as createHeaders, type MsgHdrs } from '@nats-io/nats-core';
import { BusError } from '../bus-error.ts';
import type { OutgoingEventBatch } from '../event-bus.ts';
import type { EventStream } from './event-stream.ts';
import type { NatsConnectionKeeper } from './nats-connection.ts';
import type { NatsSettings } from './nats-options.ts';
import type { Subjects } from './subjects.ts';

export const MESSAGE_ID_HEADER = 'Skein-Message-Id';
export const TRACEPARENT_HEADER = 'traceparent';

/** Room that subject, headers and framing may take of the server's limit for a message. */
const ENVELOPE_BYTES = 4 * 1024;
const DEFAULT_SERVER_LIMIT_BYTES = 1024 * 1024;

/**
 * Publishes event batches to the stream.
 *
 * The message id is no JetStream deduplication id: a batch is published again when its confirmation was lost, and
 * then it must be delivered again.
 *
 * Invariants: I1. Every rejection is a `BusError`, at most one publish timeout after the call where the server is
 * there, at once where it is not. I2. A stream that is missing is made: before the publish where that is known, else after it failed.
 */
export class EventPublisher {
  readonly #keeper: NatsConnectionKeeper;
  readonly #stream: EventStream;
  readonly #settings: NatsSettings;
  readonly #subjects: Subjects;
  #client: JetStreamClient | undefined;

  constructor(keeper: NatsConnectionKeeper, stream: EventStream, settings: NatsSettings, subjects: Subjects) {
    this.#keeper = keeper;
    this.#stream = stream;
    this.#settings = settings;
    this.#subjects = subjects;
  }

  get maxPayloadBytes(): number {
    return (this.#keeper.live?.info?.max_payload ?? DEFAULT_SERVER_LIMIT_BYTES) - ENVELOPE_BYTES;
  }

  async publish(batch: OutgoingEventBatch): Promise<void> {
    const subject = this.#subjects.events(batch.namespace);
    const connection = this.#keeper.live;
    if (this.#keeper.closing.aborted) throw new BusError('BUS_CLOSED', 'the bus was closed', subject);
    if (connection === undefined) throw new BusError('BUS_UNAVAILABLE', this.#keeper.state().detail, subject);
    if (batch.body.byteLength > this.maxPayloadBytes) {
      throw new BusError(
        'BUS_MESSAGE_TOO_LARGE',
        `event batch ${batch.messageId} has ${batch.body.byteLength} bytes; the bus takes ${this.maxPayloadBytes}`,
        subject,
      );
    }
    this.#client ??= jetstream(connection, { timeout: this.#settings.publishTimeoutMs });
    const headers = headersOf(batch);
    try {
      if (!this.#stream.known) await this.#stream.ensure();
      try {
        await this.#client.publish(subject, batch.body, { headers });
      } catch (error) {
        if (!isNoResponders(error)) throw error;
        await this.#stream.ensure();
        await this.#client.publish(subject, batch.body, { headers });
      }
    } catch (error) {
      // Where somebody tails the subject a missing stream is no error, only a missing acknowledgement.
      this.#stream.doubt();
      throw publishError(error, subject);
    }
  }
}

function headersOf(batch: OutgoingEventBatch): MsgHdrs {
  const headers = createHeaders();
  headers.set(MESSAGE_ID_HEADER, batch.messageId);
  if (batch.headers?.traceparent !== undefined) headers.set(TRACEPARENT_HEADER, batch.headers.traceparent);
  return headers;
}

function isNoResponders(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof RequestError && error.cause.isNoResponders();
}

function publishError(error: unknown, subject: string): BusError {
  if (error instanceof BusError) return error;
  if (error instanceof TimeoutError) {
    return new BusError('BUS_TIMEOUT', 'the server did not acknowledge the batch in time', subject, error);
  }
  const why = error instanceof Error ? error.message : String(error);
  return new BusError('BUS_UNAVAILABLE', `the server did not take the batch: ${why}`, subject, error);
}
