import { batchLimitsOf } from '../batch-limits.ts';
import { BusError } from '../bus-error.ts';
import type {
  BusMessage,
  BusState,
  BusSubscription,
  EventBatchConsumption,
  EventBus,
  MailboxAddress,
  OutgoingEventBatch,
  OutgoingTaskEvents,
  RunAddress,
} from '../event-bus.ts';
import { defaultRedeliveryBackoff, type RedeliveryBackoff } from '../redelivery-backoff.ts';
import { MemoryConsumer } from './memory-consumer.ts';
import { Topic } from './topic.ts';

/** Settings of the bus in one process. */
export interface MemoryBusOptions {
  /** Largest body; default 1 MiB, as with NATS. */
  readonly maxPayloadBytes?: number;
  /** Most bytes that one consumer may have unfinished before the oldest are dropped; default 64 MiB. */
  readonly maxQueuedBytes?: number;
  /** Default: 100 ms, doubling up to 10 s. */
  readonly redeliveryBackoff?: RedeliveryBackoff;
  /** Told what handlers threw. Default: nobody is. */
  readonly onHandlerError?: (error: unknown) => void;
}

/** The bus of a platform that is one process. Bodies are handed on as they are, not copied: do not write to them. */
export function createMemoryBus(options: MemoryBusOptions = {}): EventBus {
  return new MemoryBus(options);
}

/**
 * Owns the consumers and the subjects that are subscribed to. A consumer exists from its first subscription on and
 * gets what is published after that.
 */
class MemoryBus implements EventBus {
  readonly maxPayloadBytes: number;
  readonly #options: MemoryBusOptions;
  readonly #onHandlerError: (error: unknown) => void;
  readonly #consumers = new Map<string, MemoryConsumer>();
  readonly #tails: Topic<BusMessage>;
  readonly #confirmations: Topic<Uint8Array>;
  readonly #taskEvents = new Map<string, Topic<Uint8Array>>();
  readonly #mailboxes = new Map<string, Topic<undefined>>();
  #closed = false;

  constructor(options: MemoryBusOptions) {
    this.#options = options;
    this.maxPayloadBytes = options.maxPayloadBytes ?? 1024 * 1024;
    this.#onHandlerError = options.onHandlerError ?? (() => {});
    this.#tails = new Topic(this.#onHandlerError);
    this.#confirmations = new Topic(this.#onHandlerError);
  }

  async publishEventBatch(batch: OutgoingEventBatch): Promise<void> {
    this.#assertOpen();
    if (batch.body.byteLength > this.maxPayloadBytes) {
      throw new BusError(
        'BUS_MESSAGE_TOO_LARGE',
        `event batch ${batch.messageId} has ${batch.body.byteLength} bytes; the bus takes ${this.maxPayloadBytes}`,
        'memory',
      );
    }
    for (const consumer of this.#consumers.values()) consumer.offer(batch);
    this.#tails.publish({ ...batch, headers: batch.headers ?? {}, deliveryCount: 1 });
  }

  async consumeEventBatches(consumption: EventBatchConsumption): Promise<BusSubscription> {
    this.#assertOpen();
    const limits = batchLimitsOf(consumption);
    let consumer = this.#consumers.get(consumption.consumer);
    if (consumer === undefined) {
      consumer = new MemoryConsumer({
        backoff: this.#options.redeliveryBackoff ?? defaultRedeliveryBackoff,
        maxQueuedBytes: this.#options.maxQueuedBytes ?? 64 * 1024 * 1024,
        onHandlerError: this.#onHandlerError,
      });
      this.#consumers.set(consumption.consumer, consumer);
    }
    return consumer.subscribe(consumption.handler, limits);
  }

  async tailEventBatches(handler: (message: BusMessage) => void): Promise<BusSubscription> {
    return this.#subscription(this.#tails.subscribe(handler));
  }

  publishTaskEvents(events: OutgoingTaskEvents): void {
    if (this.#closed) return;
    this.#taskEvents.get(topicKey(events))?.publish(events.body);
  }

  async subscribeTaskEvents(run: RunAddress, handler: (body: Uint8Array) => void): Promise<BusSubscription> {
    return this.#subscribeTo(this.#taskEvents, topicKey(run), handler);
  }

  publishConfirmation(body: Uint8Array): void {
    if (!this.#closed) this.#confirmations.publish(body);
  }

  async subscribeConfirmations(handler: (body: Uint8Array) => void): Promise<BusSubscription> {
    return this.#subscription(this.#confirmations.subscribe(handler));
  }

  publishMailboxNotice(mailbox: MailboxAddress): void {
    if (!this.#closed) this.#mailboxes.get(mailboxKey(mailbox))?.publish(undefined);
  }

  async subscribeMailboxNotices(mailbox: MailboxAddress, handler: () => void): Promise<BusSubscription> {
    return this.#subscribeTo(this.#mailboxes, mailboxKey(mailbox), handler);
  }

  state(): BusState {
    return this.#closed ? { connected: false, detail: 'closed' } : { connected: true, detail: 'in this process' };
  }

  /** Never calls back: there is no connection to lose. */
  onReconnect(_callback: () => void): () => void {
    return () => {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#consumers.values()].map((consumer) => consumer.close()));
  }

  /** A subject exists while somebody subscribes to it. */
  #subscribeTo<T>(topics: Map<string, Topic<T>>, key: string, handler: (message: T) => void): BusSubscription {
    const topic = topics.get(key) ?? new Topic<T>(this.#onHandlerError);
    topics.set(key, topic);
    const end = topic.subscribe(handler);
    return this.#subscription(() => {
      end();
      if (topic.subscriberCount === 0 && topics.get(key) === topic) topics.delete(key);
    });
  }

  #subscription(end: () => void): BusSubscription {
    this.#assertOpen();
    return {
      [Symbol.asyncDispose]: async () => end(),
    };
  }

  #assertOpen(): void {
    if (this.#closed) throw new BusError('BUS_CLOSED', 'the bus was closed', 'memory');
  }
}

function topicKey(run: RunAddress): string {
  return JSON.stringify([run.namespace, run.runId]);
}

function mailboxKey({ namespace, mailbox }: MailboxAddress): string {
  return JSON.stringify([namespace, mailbox]);
}
