import type { BatchLimits, DeliveryQueue, Sized } from './delivery-queue.ts';

/**
 * Natural batching: while one call of the handler is under way the next batch gathers; an idle handler is called
 * at once, with whatever there is, unless the limits say that it may wait for more.
 *
 * Owns the loop around one handler. Does not own the queue, which several pumps may share.
 *
 * Invariants:
 * I1. The handler is never called twice at a time and never with nothing.
 * I2. Every delivery taken is settled exactly once, with the handler's error where it threw.
 * I3. After `stop` has resolved the handler is not called any more.
 */
export class BatchPump<T extends Sized> {
  readonly #queue: DeliveryQueue<T>;
  readonly #limits: BatchLimits;
  readonly #handle: (items: readonly T[]) => Promise<void>;
  readonly #settle: (items: readonly T[], error?: unknown) => void;
  #loop: Promise<void> | undefined;
  #stopped = false;
  #gathered: (() => void) | undefined;

  constructor(options: {
    readonly queue: DeliveryQueue<T>;
    readonly limits: BatchLimits;
    readonly handle: (items: readonly T[]) => Promise<void>;
    readonly settle: (items: readonly T[], error?: unknown) => void;
  }) {
    this.#queue = options.queue;
    this.#limits = options.limits;
    this.#handle = options.handle;
    this.#settle = options.settle;
  }

  /** Says that something may wait. Returns before the handler is called. */
  wake(): void {
    if (this.#stopped || this.#loop !== undefined) return;
    this.#loop = this.#run();
  }

  /** Resolves when the queue was found empty and no call is under way. */
  async idle(): Promise<void> {
    await this.#loop;
  }

  /** Lets the call under way end and makes no other. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#gathered?.();
    await this.#loop;
  }

  async #run(): Promise<void> {
    // One turn of the event loop lets everything that is arriving right now come into the same batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (!this.#stopped && this.#queue.count > 0) {
      await this.#gather();
      if (this.#stopped) break;
      const items = this.#queue.take(this.#limits);
      try {
        await this.#handle(items);
        this.#settle(items);
      } catch (error) {
        this.#settle(items, error ?? new Error('the handler failed without an error'));
      }
    }
    this.#loop = undefined;
  }

  async #gather(): Promise<void> {
    const { gatherMs = 0, maxMessages, maxBytes } = this.#limits;
    if (gatherMs === 0 || this.#queue.count >= maxMessages || this.#queue.bytes >= maxBytes) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      this.#gathered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#gathered = undefined;
  }
}
