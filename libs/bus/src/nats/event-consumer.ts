import { jetstream, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { BatchPump } from '../batch-pump.ts';
import { DeliveryQueue, type BatchLimits } from '../delivery-queue.ts';
import type { BusMessage, BusSubscription, EventBatchConsumption } from '../event-bus.ts';
import { redeliveryDelayMs } from '../redelivery-backoff.ts';
import { toBusMessage } from './bus-message.ts';
import type { EventStream } from './event-stream.ts';
import type { NatsConnectionKeeper } from './nats-connection.ts';
import type { NatsSettings } from './nats-options.ts';
import type { Subjects } from './subjects.ts';
import { abortableDelay } from './waiting.ts';

/** Messages asked for ahead of the handler. */
const PREFETCH_MESSAGES = 128;
/** A pull is renewed this often; it only bounds how long a lost one is believed in. */
const PULL_EXPIRES_MS = 30_000;
/** Longest pause between attempts to make the stream and the consumer. */
const MAX_ENSURE_PAUSE_MS = 2_000;

interface Delivery {
  readonly source: JsMsg;
  readonly message: BusMessage;
  readonly sizeBytes: number;
}

/**
 * One subscription of a durable consumer:
 *
 *   make stream and consumer → pull ──► queue → handler → ack | nak
 *        ▲                       │ consumer or stream gone, heartbeats missing, reconnected
 *        └── pause, longer each time ◄┘
 *
 * Owns the loop and what was delivered and not acknowledged. Does not own the consumer: other processes share it.
 *
 * Invariants:
 * I1. While the subscription lives it ends in the pulling state whenever the server is reachable.
 * I2. No more than one batch beyond the limits is held: pulling stops while the handler is behind.
 * I3. What is held is announced as being worked on, so that it does not go to another process meanwhile.
 * I4. Disposed: the handler's last call has ended, and what it did not get went back.
 */
export class EventConsumer implements BusSubscription {
  readonly #keeper: NatsConnectionKeeper;
  readonly #stream: EventStream;
  readonly #settings: NatsSettings;
  readonly #subjects: Subjects;
  readonly #name: string;
  readonly #limits: BatchLimits;
  readonly #stopping = new AbortController();
  readonly #queue = new DeliveryQueue<Delivery>();
  readonly #pump: BatchPump<Delivery>;
  readonly #held = new Set<Delivery>();
  readonly #loop: Promise<void>;
  #messages: ConsumerMessages | undefined;

  constructor(
    parts: { keeper: NatsConnectionKeeper; stream: EventStream; settings: NatsSettings; subjects: Subjects },
    consumption: EventBatchConsumption,
    limits: BatchLimits,
  ) {
    this.#keeper = parts.keeper;
    this.#stream = parts.stream;
    this.#settings = parts.settings;
    this.#subjects = parts.subjects;
    this.#name = consumption.consumer;
    this.#limits = limits;
    this.#pump = new BatchPump<Delivery>({
      queue: this.#queue,
      limits,
      handle: (deliveries) => consumption.handler(deliveries.map((delivery) => delivery.message)),
      settle: (deliveries, error) => this.#settle(deliveries, error),
    });
    this.#loop = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#messages?.stop();
    await this.#pump.stop();
    await this.#loop;
    for (const delivery of this.#held) delivery.source.nak(20);
    this.#held.clear();
  }

  async #run(): Promise<void> {
    const stop = AbortSignal.any([this.#stopping.signal, this.#keeper.closing]);
    const forgetReconnects = this.#keeper.onReconnect(() => this.#messages?.stop());
    const working = setInterval(() => this.#announceWork(), this.#settings.ackWaitMs / 2);
    working.unref();
    let pauseMs = 50;
    while (!stop.aborted) {
      try {
        await this.#pullUntilBroken(() => {
          pauseMs = 50;
        });
      } catch (error) {
        if (!stop.aborted) this.#settings.onError(error, `consumer ${this.#name}`);
      }
      if (stop.aborted) break;
      await abortableDelay(pauseMs, stop);
      pauseMs = Math.min(MAX_ENSURE_PAUSE_MS, pauseMs * 2);
    }
    clearInterval(working);
    forgetReconnects();
  }

  /** Returns after a reconnect, rejects when the consumer cannot be made or is gone. */
  async #pullUntilBroken(onPulling: () => void): Promise<void> {
    const connection = await this.#keeper.made(this.#stopping.signal);
    const info = await this.#stream.ensureConsumer(this.#name);
    const consumer = jetstream(connection).consumers.getConsumerFromInfo(info);
    const messages = await consumer.consume({
      max_messages: PREFETCH_MESSAGES,
      expires: PULL_EXPIRES_MS,
      idle_heartbeat: this.#settings.idleHeartbeatMs,
      abort_on_missing_resource: true,
    });
    this.#messages = messages;
    if (this.#stopping.signal.aborted) messages.stop();
    onPulling();
    void this.#stopOnTrouble(messages);
    // What arrived before a stop still comes out of the iteration.
    for await (const source of messages) {
      if (this.#stopping.signal.aborted) source.nak(20);
      else this.#accept(source);
      if (this.#queue.count >= this.#limits.maxMessages || this.#queue.bytes >= this.#limits.maxBytes) {
        await this.#pump.idle();
      }
    }
  }

  /** The library would try the same consumer again for a long time; making it anew is quicker. */
  async #stopOnTrouble(messages: ConsumerMessages): Promise<void> {
    for await (const status of messages.status()) {
      const trouble =
        status.type === 'consumer_deleted' ||
        status.type === 'consumer_not_found' ||
        status.type === 'stream_not_found' ||
        status.type === 'no_responders' ||
        // Without a pull outstanding there are no heartbeats: that is a slow handler, not trouble.
        (status.type === 'heartbeats_missed' && this.#held.size === 0);
      if (trouble) messages.stop();
    }
  }

  #accept(source: JsMsg): void {
    let message: BusMessage;
    try {
      message = toBusMessage(source, this.#subjects, source.info.deliveryCount);
    } catch (error) {
      // Not one of ours: no delivery of it will ever be any better.
      this.#settings.onError(error, source.subject);
      source.term();
      return;
    }
    const delivery = { source, message, sizeBytes: message.body.byteLength };
    this.#held.add(delivery);
    this.#queue.push(delivery);
    this.#pump.wake();
  }

  #settle(deliveries: readonly Delivery[], error?: unknown): void {
    if (error !== undefined) this.#settings.onError(error, `consumer ${this.#name}`);
    for (const delivery of deliveries) {
      this.#held.delete(delivery);
      if (error === undefined) delivery.source.ack();
      else delivery.source.nak(redeliveryDelayMs(this.#settings.redeliveryBackoff, delivery.message.deliveryCount));
    }
  }

  #announceWork(): void {
    for (const { source } of this.#held) source.working();
  }
}
