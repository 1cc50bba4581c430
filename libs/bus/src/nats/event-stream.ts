import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  jetstreamManager,
  type ConsumerInfo,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { NatsConnectionKeeper } from './nats-connection.ts';
import type { NatsSettings } from './nats-options.ts';
import { encodeToken, type Subjects } from './subjects.ts';

/** JetStream's error codes for "exists with other settings". */
const STREAM_NAME_IN_USE = 10058;
const CONSUMER_EXISTS = 10148;
const CONSUMER_NAME_IN_USE = 10013;

/** Most batches that one consumer may have unfinished. */
const MAX_ACK_PENDING = 1_024;

/**
 * The stream of event batches and its durable consumers: made where they are missing, as often as they go missing.
 *
 * Owns their settings. Does not own what is in them: the server may forget them at any moment.
 *
 * Invariants: I1. Making what exists changes nothing, whichever process made it. I2. At most one request to make the
 * stream is under way in a process. I3. The stream is believed to exist only since the last reconnect and as long as
 * nobody doubts it.
 */
export class EventStream {
  readonly #keeper: NatsConnectionKeeper;
  readonly #settings: NatsSettings;
  readonly #subjects: Subjects;
  #ensuring: Promise<void> | undefined;
  #known = false;
  #manager: JetStreamManager | undefined;

  constructor(keeper: NatsConnectionKeeper, settings: NatsSettings, subjects: Subjects) {
    this.#keeper = keeper;
    this.#settings = settings;
    this.#subjects = subjects;
    keeper.onReconnect(() => this.doubt());
  }

  /** Whether the stream was there when it was last asked for. */
  get known(): boolean {
    return this.#known;
  }

  /** Says that the stream may be gone. It is made in the background where it is. */
  doubt(): void {
    this.#known = false;
    this.ensure().catch((error: unknown) => this.#settings.onError(error, this.#subjects.stream));
  }

  /** Makes the stream where it is missing. */
  ensure(): Promise<void> {
    this.#ensuring ??= this.#ensureStream().finally(() => {
      this.#ensuring = undefined;
    });
    return this.#ensuring;
  }

  /** Makes the stream and the consumer where they are missing. */
  async ensureConsumer(name: string): Promise<ConsumerInfo> {
    await this.ensure();
    const manager = await this.#jetstream();
    const config = {
      durable_name: encodeToken(name),
      ack_policy: AckPolicy.Explicit,
      // A consumer that was lost starts from the oldest batch: a batch twice is harmless, a missing one is slow.
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(this.#settings.ackWaitMs),
      max_ack_pending: MAX_ACK_PENDING,
      max_deliver: -1,
    };
    try {
      return await manager.consumers.add(this.#subjects.stream, config);
    } catch (error) {
      if (!hasCode(error, CONSUMER_EXISTS, CONSUMER_NAME_IN_USE)) throw error;
      return await manager.consumers.update(this.#subjects.stream, config.durable_name, config);
    }
  }

  async #ensureStream(): Promise<void> {
    const manager = await this.#jetstream();
    const { streamMaxAgeMs, streamMaxBytes, streamReplicas } = this.#settings;
    const config = {
      name: this.#subjects.stream,
      subjects: [this.#subjects.allEvents],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_age: nanos(streamMaxAgeMs),
      max_bytes: streamMaxBytes,
      num_replicas: streamReplicas,
      duplicate_window: nanos(Math.min(streamMaxAgeMs, 120_000)),
    };
    try {
      await manager.streams.add(config);
    } catch (error) {
      if (!hasCode(error, STREAM_NAME_IN_USE)) throw error;
      await manager.streams.update(config.name, config);
    }
    this.#known = true;
  }

  async #jetstream(): Promise<JetStreamManager> {
    this.#manager ??= await jetstreamManager(await this.#keeper.made(), {
      checkAPI: false,
      timeout: this.#settings.publishTimeoutMs,
    });
    return this.#manager;
  }
}

function hasCode(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof JetStreamApiError && codes.includes(error.code);
}
