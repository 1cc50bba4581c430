/**
 * A plain subject in one process: whoever is subscribed gets what is published from now on, once, in order.
 *
 * Invariants: I1. Subscribers run in a later turn of the event loop, never inside `publish`. I2. A subscriber that
 * throws is reported and keeps nobody else from the message. I3. After a subscription ended its handler is not called.
 */
export class Topic<T> {
  readonly #subscribers = new Set<(message: T) => void>();
  readonly #onHandlerError: (error: unknown) => void;
  #waiting: T[] = [];

  constructor(onHandlerError: (error: unknown) => void) {
    this.#onHandlerError = onHandlerError;
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  publish(message: T): void {
    if (this.#subscribers.size === 0) return;
    this.#waiting.push(message);
    if (this.#waiting.length === 1) setImmediate(() => this.#deliver());
  }

  /** Returns the function that ends the subscription. */
  subscribe(handler: (message: T) => void): () => void {
    // A wrapper of its own, so that the same handler can be subscribed twice.
    const subscriber = (message: T) => handler(message);
    this.#subscribers.add(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
    };
  }

  #deliver(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    for (const message of messages) {
      for (const subscriber of this.#subscribers) {
        try {
          subscriber(message);
        } catch (error) {
          this.#onHandlerError(error);
        }
      }
    }
  }
}
