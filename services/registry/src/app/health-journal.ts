/**
 * Writes down what the probes find.
 *
 * Owns what is not written yet. Invariants:
 *
 * J1. One statement at a time; while it runs, the next gathers. Of an instance only the latest state is written.
 * J2. What could not be written stays and is tried again, until the journal closes.
 * J3. When instances last answered is written at most once per `signIntervalMs`, for all of them together.
 */
import { Backoff } from '@skein/lifecycle';
import type { HealthChange, HealthySign } from './agent-store.ts';

/** What a journal needs. */
export interface HealthJournalOptions {
  readonly writeChanges: (changes: readonly HealthChange[]) => Promise<void>;
  readonly writeSigns: (signs: readonly HealthySign[]) => Promise<void>;
  readonly signIntervalMs: number;
  readonly onWriteFailed: (error: unknown) => void;
}

export class HealthJournal implements AsyncDisposable {
  readonly #options: HealthJournalOptions;
  readonly #backoff = new Backoff({ initialMs: 20, maxMs: 1000 });
  #changes = new Map<string, HealthChange>();
  #signs = new Map<string, HealthySign>();
  #writing: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #signTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HealthJournalOptions) {
    this.#options = options;
  }

  /** An instance is in a new state. */
  change(change: HealthChange): void {
    this.#changes.set(change.instanceId, change);
    this.#write();
  }

  /** An instance answered as a healthy one does. */
  sign(sign: HealthySign): void {
    this.#signs.set(sign.instanceId, sign);
    this.#signTimer ??= setTimeout(() => void this.#flushSigns(), this.#options.signIntervalMs);
  }

  /** An instance is gone. */
  forget(instanceId: string): void {
    this.#changes.delete(instanceId);
    this.#signs.delete(instanceId);
  }

  /** Resolves when nothing is being written any more. What is not written by then is found again by a probe. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#signTimer);
    await this.#writing;
  }

  #write(): void {
    if (this.#writing !== undefined || this.#closed) return;
    clearTimeout(this.#retry);
    this.#writing = this.#writeAll().finally(() => (this.#writing = undefined));
  }

  async #writeAll(): Promise<void> {
    while (this.#changes.size > 0 && !this.#closed) {
      const changes = this.#changes;
      this.#changes = new Map();
      try {
        await this.#options.writeChanges([...changes.values()]);
        this.#backoff.reset();
      } catch (error) {
        this.#options.onWriteFailed(error);
        this.#changes = new Map([...changes, ...this.#changes]);
        if (!this.#closed) this.#retry = setTimeout(() => this.#write(), this.#backoff.nextMs());
        return;
      }
    }
  }

  async #flushSigns(): Promise<void> {
    await this.#writing;
    if (this.#closed) return;
    const signs = [...this.#signs.values()];
    this.#signs = new Map();
    this.#signTimer = undefined;
    if (signs.length === 0) return;
    // A sign that is lost is followed by another: these are not tried again.
    this.#writing = this.#options
      .writeSigns(signs)
      .catch((error: unknown) => this.#options.onWriteFailed(error))
      .finally(() => {
        this.#writing = undefined;
        this.#write();
      });
    await this.#writing;
  }
}
