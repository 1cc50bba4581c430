/**
 * One purchase of an answer, shared by everybody who asks the same question under the same key.
 *
 * Owns the text so far and who waits for it. Does not own how the answer is got.
 *
 * L1. The purchase is aborted when the last waiter has gone, and not before.
 * L2. Every waiter gets the whole text: one who comes later first gets what was written before, in one piece.
 * L3. What is past the point of no return (`commit`) is no longer aborted: it is paid for.
 */

/** How an answer is got: `emit` is given each piece of text, `commit` is called when the answer is whole. */
export type Purchase<Result> = (
  steps: { readonly emit: (text: string) => void; readonly commit: () => void },
  signal: AbortSignal,
) => Promise<Result>;

/** One who waits. */
interface Waiter {
  readonly onDelta: (text: string) => void;
}

export class Flight<Result> {
  readonly #abort = new AbortController();
  readonly #waiters = new Set<Waiter>();
  readonly #result: Promise<Result>;
  #text = '';
  #committed = false;

  constructor(purchase: Purchase<Result>) {
    const steps = {
      emit: (text: string) => this.#emit(text),
      commit: () => {
        this.#committed = true;
      },
    };
    this.#result = purchase(steps, this.#abort.signal);
    // Whoever waits hears of it; when all have gone, nobody need.
    this.#result.catch(() => {});
  }

  /** Resolves when the purchase is over, whatever came of it. */
  get whenOver(): Promise<void> {
    return this.#over();
  }

  /** Whether nobody can join any more: the last waiter went before the answer was whole. */
  get isAborted(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Waits for the answer; rejects with the signal's reason when it aborts. */
  async join(onDelta: (text: string) => void, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    const waiter: Waiter = { onDelta };
    this.#waiters.add(waiter);
    if (this.#text !== '') onDelta(this.#text);
    const left = Promise.withResolvers<never>();
    const onAbort = () => left.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.#result, left.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#waiters.delete(waiter);
      if (this.#waiters.size === 0) this.abort(signal.reason);
    }
  }

  /** Ends the purchase for everybody (L3). */
  abort(reason: unknown): void {
    if (!this.#committed) this.#abort.abort(reason);
  }

  async #over(): Promise<void> {
    await this.#result.catch(() => {});
  }

  #emit(text: string): void {
    if (text === '') return;
    this.#text += text;
    for (const { onDelta } of this.#waiters) onDelta(text);
  }
}
