/**
 * Several streams as one, in the order in which their items come.
 *
 * F1. Of each stream one item is asked for at a time, the next when that has been taken.
 * F2. A stream that ends or fails is left; its error comes as an item.
 */

/** What comes next. */
export type NextItem<Item> = { readonly value: Item } | { readonly error: unknown };

interface Answer<Item> {
  readonly name: string;
  readonly result: IteratorResult<Item, void> | { readonly error: unknown };
}

export class FirstOf<Item> {
  readonly #streams = new Map<string, AsyncGenerator<Item, void>>();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #answers: Answer<Item>[] = [];
  #wake: (() => void) | undefined;

  has(name: string): boolean {
    return this.#streams.has(name);
  }

  add(name: string, stream: AsyncGenerator<Item, void>): void {
    this.#streams.set(name, stream);
    this.#ask(name, stream);
  }

  /** Ends the wait of `next`. */
  wake(): void {
    this.#wake?.();
  }

  /** Undefined: nothing came for `timeoutMs`, or it was woken. */
  async next(timeoutMs: number): Promise<NextItem<Item> | undefined> {
    const taken = this.#take();
    if (taken !== undefined) return taken;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
    return this.#take();
  }

  /** Resolves when nothing is asked for any more. The sources must have been told to end. */
  async close(): Promise<void> {
    await Promise.all(this.#asked.values());
    this.#streams.clear();
    this.#answers.length = 0;
  }

  /** Undefined: there is none yet. */
  #take(): NextItem<Item> | undefined {
    for (let answer = this.#answers.shift(); answer !== undefined; answer = this.#answers.shift()) {
      const { name, result } = answer;
      const stream = this.#streams.get(name);
      if (!('error' in result) && result.done !== true && stream !== undefined) {
        this.#ask(name, stream);
        return { value: result.value };
      }
      this.#streams.delete(name);
      if ('error' in result) return result;
    }
    return undefined;
  }

  #ask(name: string, stream: AsyncGenerator<Item, void>): void {
    const take = (result: Answer<Item>['result']) => {
      this.#asked.delete(name);
      this.#answers.push({ name, result });
      this.wake();
    };
    this.#asked.set(
      name,
      stream.next().then(take, (error: unknown) => take({ error })),
    );
  }
}
