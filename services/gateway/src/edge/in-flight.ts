/** Counts what is being answered, so that a stop can wait for it. */
export class InFlight {
  #count = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  get count(): number {
    return this.#count;
  }

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#idle?.resolve();
  }

  /** Resolves when nothing is being answered, after `limitMs` at the latest; tells whether all was answered. */
  async drained(limitMs: number): Promise<boolean> {
    if (this.#count === 0) return true;
    this.#idle ??= Promise.withResolvers();
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, limitMs);
    await Promise.race([this.#idle.promise, limit.promise]);
    clearTimeout(timer);
    return this.#count === 0;
  }
}
