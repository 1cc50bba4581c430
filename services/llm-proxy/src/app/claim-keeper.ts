/**
 * Keeps the claims of this process alive while their answers are being bought.
 *
 * Owns the timer. K1. One statement renews all claims; none runs while there are none.
 */
import type { CompletionKey, CompletionStore } from './completion-store.ts';

/** Time for which a claim holds without being renewed: so long waits another proxy after a crash. */
export const LEASE_MS = 10_000;
const RENEW_EVERY_MS = LEASE_MS / 3;

/** What a keeper needs. */
export interface ClaimKeeperOptions {
  readonly store: CompletionStore;
  readonly owner: string;
  /** Told of a renewal that failed; the next one follows. */
  readonly onRenewFailed: (error: unknown) => void;
}

export class ClaimKeeper implements Disposable {
  readonly #options: ClaimKeeperOptions;
  readonly #keys = new Set<CompletionKey>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ClaimKeeperOptions) {
    this.#options = options;
  }

  /** Keeps a claim until what is returned is disposed. */
  hold(key: CompletionKey): Disposable {
    this.#keys.add(key);
    this.#timer ??= setTimeout(() => void this.#renew(), RENEW_EVERY_MS);
    return { [Symbol.dispose]: () => void this.#keys.delete(key) };
  }

  [Symbol.dispose](): void {
    this.#keys.clear();
    clearTimeout(this.#timer);
  }

  async #renew(): Promise<void> {
    const { store, owner, onRenewFailed } = this.#options;
    if (this.#keys.size > 0) await store.renew([...this.#keys], owner, LEASE_MS).catch(onRenewFailed);
    this.#timer = this.#keys.size > 0 ? setTimeout(() => void this.#renew(), RENEW_EVERY_MS) : undefined;
  }
}
