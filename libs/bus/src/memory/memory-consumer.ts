import { BatchPump } from '../batch-pump.ts';
import { DeliveryQueue, type BatchLimits } from '../delivery-queue.ts';
import type { BusMessage, BusSubscription, OutgoingEventBatch } from '../event-bus.ts';
import { redeliveryDelayMs, type RedeliveryBackoff } from '../redelivery-backoff.ts';

interface Delivery {
  readonly message: BusMessage;
  readonly sizeBytes: number;
}

/**
 * One durable consumer in one process: its queue outlives its subscriptions.
 *
 * Owns what the consumer has not finished. Does not own who else gets the messages.
 *
 * Invariants: I1. A message is in the queue, with one pump, or waiting for its redelivery; in one of them only.
 * I2. The queue holds at most `maxQueuedBytes`; beyond, the oldest are dropped, as a stream with limits does.
 */
export class MemoryConsumer {
  readonly #queue = new DeliveryQueue<Delivery>();
  readonly #pumps = new Set<BatchPump<Delivery>>();
  readonly #redeliveries = new Set<NodeJS.Timeout>();
  readonly #backoff: RedeliveryBackoff;
  readonly #maxQueuedBytes: number;
  readonly #onHandlerError: (error: unknown) => void;

  constructor(options: {
    readonly backoff: RedeliveryBackoff;
    readonly maxQueuedBytes: number;
    readonly onHandlerError: (error: unknown) => void;
  }) {
    this.#backoff = options.backoff;
    this.#maxQueuedBytes = options.maxQueuedBytes;
    this.#onHandlerError = options.onHandlerError;
  }

  offer(batch: OutgoingEventBatch): void {
    this.#enqueue({ ...batch, headers: batch.headers ?? {}, deliveryCount: 1 });
  }

  subscribe(handler: (messages: readonly BusMessage[]) => Promise<void>, limits: BatchLimits): BusSubscription {
    const pump = new BatchPump<Delivery>({
      queue: this.#queue,
      limits,
      handle: (deliveries) => handler(deliveries.map((delivery) => delivery.message)),
      settle: (deliveries, error) => {
        if (error !== undefined) this.#redeliver(deliveries, error);
      },
    });
    this.#pumps.add(pump);
    pump.wake();
    return {
      [Symbol.asyncDispose]: async () => {
        this.#pumps.delete(pump);
        await pump.stop();
        this.#wakeAll();
      },
    };
  }

  async close(): Promise<void> {
    for (const timer of this.#redeliveries) clearTimeout(timer);
    this.#redeliveries.clear();
    await Promise.all([...this.#pumps].map((pump) => pump.stop()));
  }

  #redeliver(deliveries: readonly Delivery[], error: unknown): void {
    this.#onHandlerError(error);
    for (const { message } of deliveries) {
      const delayMs = redeliveryDelayMs(this.#backoff, message.deliveryCount);
      const timer = setTimeout(() => {
        this.#redeliveries.delete(timer);
        this.#enqueue({ ...message, deliveryCount: message.deliveryCount + 1 });
      }, delayMs);
      // A process that has nothing else to do may end: whoever published still has the batch.
      timer.unref();
      this.#redeliveries.add(timer);
    }
  }

  #enqueue(message: BusMessage): void {
    this.#queue.push({ message, sizeBytes: message.body.byteLength });
    this.#queue.trimTo(this.#maxQueuedBytes);
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const pump of this.#pumps) pump.wake();
  }
}
