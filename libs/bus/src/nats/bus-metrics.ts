import { metrics, type ObservableResult } from '@opentelemetry/api';
import { BusError } from '../bus-error.ts';
import type { BusMessage, BusState } from '../event-bus.ts';

/** What operators see of the bus. Make it after telemetry has started, and close it with the bus. */
export class BusMetrics {
  readonly #meter = metrics.getMeter('skein.bus');
  readonly #published = this.#meter.createCounter('bus_published_batches', {
    description: 'Event batches handed to the bus, by outcome: ok, or the reason of the error',
  });
  readonly #delivered = this.#meter.createCounter('bus_delivered_batches', {
    description: 'Event batches delivered to a consumer, by whether it was the first delivery',
  });
  readonly #connected = this.#meter.createObservableGauge('bus_connected', {
    description: '1 while the bus is connected, else 0',
  });
  readonly #observe: (result: ObservableResult) => void;

  constructor(state: () => BusState) {
    this.#observe = (result) => result.observe(state().connected ? 1 : 0);
    this.#connected.addCallback(this.#observe);
  }

  published(): void {
    this.#published.add(1, { outcome: 'ok' });
  }

  publishFailed(error: unknown): void {
    this.#published.add(1, { outcome: error instanceof BusError ? error.reason : 'error' });
  }

  delivered(consumer: string, messages: readonly BusMessage[]): void {
    const again = messages.filter((message) => message.deliveryCount > 1).length;
    if (again < messages.length) this.#delivered.add(messages.length - again, { consumer, delivery: 'first' });
    if (again > 0) this.#delivered.add(again, { consumer, delivery: 'again' });
  }

  close(): void {
    this.#connected.removeCallback(this.#observe);
  }
}
