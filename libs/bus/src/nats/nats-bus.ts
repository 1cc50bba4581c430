import { batchLimitsOf } from '../batch-limits.ts';
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
import { toBusMessage } from './bus-message.ts';
import { BusMetrics } from './bus-metrics.ts';
import { EventConsumer } from './event-consumer.ts';
import { EventPublisher } from './event-publisher.ts';
import { EventStream } from './event-stream.ts';
import { NatsConnectionKeeper } from './nats-connection.ts';
import { natsSettings, type NatsBusOptions, type NatsSettings } from './nats-options.ts';
import { Subjects } from './subjects.ts';

/**
 * The bus over NATS JetStream; works with nats-server 2.9 and later. Returns at once and connects in the background:
 * a service starts, and says so in its readiness, while the server is down.
 */
export function createNatsBus(options: NatsBusOptions): EventBus {
  return new NatsBus(natsSettings(options));
}

const NOTHING = new Uint8Array();

/** Owns the parts and the live consumers. Everything else is in the parts. */
class NatsBus implements EventBus {
  readonly #settings: NatsSettings;
  readonly #subjects: Subjects;
  readonly #keeper: NatsConnectionKeeper;
  readonly #stream: EventStream;
  readonly #publisher: EventPublisher;
  readonly #metrics = new BusMetrics(() => this.state());
  readonly #consumers = new Set<EventConsumer>();

  constructor(settings: NatsSettings) {
    this.#settings = settings;
    this.#subjects = new Subjects(settings.subjectPrefix);
    this.#keeper = new NatsConnectionKeeper(settings);
    this.#stream = new EventStream(this.#keeper, settings, this.#subjects);
    this.#publisher = new EventPublisher(this.#keeper, this.#stream, settings, this.#subjects);
  }

  get maxPayloadBytes(): number {
    return this.#publisher.maxPayloadBytes;
  }

  async publishEventBatch(batch: OutgoingEventBatch): Promise<void> {
    try {
      await this.#publisher.publish(batch);
      this.#metrics.published();
    } catch (error) {
      this.#metrics.publishFailed(error);
      throw error;
    }
  }

  async consumeEventBatches(consumption: EventBatchConsumption): Promise<BusSubscription> {
    const limits = batchLimitsOf(consumption);
    const parts = {
      keeper: this.#keeper,
      stream: this.#stream,
      settings: this.#settings,
      subjects: this.#subjects,
    };
    const handler = (messages: readonly BusMessage[]): Promise<void> => {
      this.#metrics.delivered(consumption.consumer, messages);
      return consumption.handler(messages);
    };
    const consumer = new EventConsumer(parts, { ...consumption, handler }, limits);
    this.#consumers.add(consumer);
    return {
      [Symbol.asyncDispose]: async () => {
        this.#consumers.delete(consumer);
        await consumer[Symbol.asyncDispose]();
      },
    };
  }

  tailEventBatches(handler: (message: BusMessage) => void): Promise<BusSubscription> {
    return this.#keeper.subscribe(this.#subjects.allEvents, (message) => {
      handler(toBusMessage(message, this.#subjects, 1));
    });
  }

  publishTaskEvents(events: OutgoingTaskEvents): void {
    this.#publishPlain(this.#subjects.taskEvents(events), events.body);
  }

  subscribeTaskEvents(run: RunAddress, handler: (body: Uint8Array) => void): Promise<BusSubscription> {
    return this.#keeper.subscribe(this.#subjects.taskEvents(run), (message) => handler(message.data));
  }

  publishConfirmation(body: Uint8Array): void {
    this.#publishPlain(this.#subjects.confirmations, body);
  }

  subscribeConfirmations(handler: (body: Uint8Array) => void): Promise<BusSubscription> {
    return this.#keeper.subscribe(this.#subjects.confirmations, (message) => handler(message.data));
  }

  publishMailboxNotice(mailbox: MailboxAddress): void {
    this.#publishPlain(this.#subjects.mailboxNotices(mailbox), NOTHING);
  }

  subscribeMailboxNotices(mailbox: MailboxAddress, handler: () => void): Promise<BusSubscription> {
    return this.#keeper.subscribe(this.#subjects.mailboxNotices(mailbox), () => handler());
  }

  state(): BusState {
    return this.#keeper.state();
  }

  onReconnect(callback: () => void): () => void {
    return this.#keeper.onReconnect(callback);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
    await this.#keeper.close();
    this.#metrics.close();
  }

  /** While there is no connection nothing is kept: who watches reads what it missed from event-log. */
  #publishPlain(subject: string, body: Uint8Array): void {
    try {
      this.#keeper.live?.publish(subject, body);
    } catch (error) {
      this.#settings.onError(error, subject);
    }
  }
}
