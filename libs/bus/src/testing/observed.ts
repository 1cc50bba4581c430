import { EventEmitter, once } from 'node:events';

/**
 * Something observed that tests wait on. Every `note` is checked against what is waited for, so nothing is polled.
 */
export class Observed<T> {
  readonly items: T[] = [];
  readonly #changes = new EventEmitter();

  note(item: T): void {
    this.items.push(item);
    this.#changes.emit('change');
  }

  /** Resolves with the items once they satisfy the condition. Rejects after `timeoutMs`, default 20 s. */
  async until(condition: (items: readonly T[]) => boolean, timeoutMs = 20_000): Promise<readonly T[]> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!condition(this.items)) {
      try {
        await once(this.#changes, 'change', { signal });
      } catch (cause) {
        throw new Error(`waited ${timeoutMs} ms in vain; observed ${this.items.length} items`, { cause });
      }
    }
    return this.items;
  }
}
