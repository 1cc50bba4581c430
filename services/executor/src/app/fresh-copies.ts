/**
 * Copies of what another service keeps, read when they are needed.
 *
 * Owns the copies. Does not own what they are copies of.
 *
 * F1. A copy is used without asking for FRESH_MS, then asked for again; whoever waits for the same copy shares one call.
 * F2. Where the owner does not answer, the last copy goes on being used.
 * F3. What the owner says there is not is forgotten. At most MAX_COPIES are kept, those used last.
 */

/** How long a change may go unnoticed. */
const FRESH_MS = 2000;
const MAX_COPIES = 1000;

/** What reading needs. */
export interface FreshCopiesOptions<T> {
  /** Reads one. */
  readonly read: (namespace: string, id: string, signal: AbortSignal) => Promise<T>;
  /** Whether the owner did not answer at all. */
  readonly isAway: (error: unknown) => boolean;
  /** Milliseconds that only ever grow. */
  readonly nowMs: () => number;
}

interface Copy<T> {
  readonly value: T;
  readonly readAtMs: number;
}

export class FreshCopies<T> {
  readonly #options: FreshCopiesOptions<T>;
  readonly #copies = new Map<string, Copy<T>>();
  readonly #reading = new Map<string, Promise<T>>();

  constructor(options: FreshCopiesOptions<T>) {
    this.#options = options;
  }

  /** The newest copy. @throws what reading throws, where there is none to use instead. */
  get(namespace: string, id: string, signal: AbortSignal): Promise<T> {
    const key = `${namespace}/${id}`;
    const copy = this.#copies.get(key);
    if (copy !== undefined && this.#options.nowMs() - copy.readAtMs < FRESH_MS) return Promise.resolve(copy.value);
    const reading = this.#reading.get(key);
    if (reading !== undefined) return reading;
    const started = this.#read(key, namespace, id, signal).finally(() => this.#reading.delete(key));
    this.#reading.set(key, started);
    return started;
  }

  async #read(key: string, namespace: string, id: string, signal: AbortSignal): Promise<T> {
    const { read, isAway, nowMs } = this.#options;
    const before = this.#copies.get(key);
    try {
      const value = await read(namespace, id, signal);
      this.#copies.delete(key);
      this.#copies.set(key, { value, readAtMs: nowMs() });
      this.#trim();
      return value;
    } catch (error) {
      if (before !== undefined && isAway(error)) return before.value;
      this.#copies.delete(key);
      throw error;
    }
  }

  #trim(): void {
    for (const key of this.#copies.keys()) {
      if (this.#copies.size <= MAX_COPIES) return;
      this.#copies.delete(key);
    }
  }
}
