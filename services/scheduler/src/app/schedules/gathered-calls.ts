/** Calls that meet: while one is under way the next ones gather, and go together. Alone, a call goes at once. */

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Puts calls of one kind together. */
export class GatheredCalls<Item, Result> {
  readonly #call: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #most: number;
  #waiting: Waiting<Item, Result>[] = [];
  #isCalling = false;

  /** `call` answers every item, in their order; `most` is the largest number that goes together. */
  constructor(call: (items: readonly Item[]) => Promise<readonly Result[]>, most: number) {
    this.#call = call;
    this.#most = most;
  }

  /** The answer for one item. @throws what the call that it went with threw. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isCalling) void this.#callAll();
    });
  }

  async #callAll(): Promise<void> {
    this.#isCalling = true;
    // Whoever asks in this very moment goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#callSome(this.#waiting.splice(0, this.#most));
    this.#isCalling = false;
  }

  async #callSome(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#call(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
