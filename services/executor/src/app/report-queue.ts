/**
 * What the registry is still to be told of assignments.
 *
 * Owns the newest status of each until the registry has it.
 *
 * Q1. Older statuses are never sent after newer ones.
 * Q2. What changes in the same moment goes together, at most `MAX_REPORTS` at a time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from '@skein/lifecycle';

/** What a queue needs. */
export interface ReportQueueOptions<Status> {
  /** Tells the registry. */
  readonly send: (statuses: readonly Status[]) => Promise<void>;
  readonly onSendFailed: (error: unknown) => void;
}

const MAX_REPORTS = 1000;

export class ReportQueue<Status extends { readonly assignmentId: string }> {
  readonly #options: ReportQueueOptions<Status>;
  readonly #unsent = new Map<string, Status>();
  readonly #closed = new AbortController();
  #sending: Promise<void> | undefined;

  constructor(options: ReportQueueOptions<Status>) {
    this.#options = options;
  }

  tell(status: Status): void {
    this.#unsent.set(status.assignmentId, status);
    this.#sendSoon();
  }

  /** Resolves when what was told has been tried; a registry that is away forgets the executor by itself. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#sending;
  }

  #sendSoon(): void {
    this.#sending ??= Promise.resolve()
      .then(() => this.#sendAll())
      .finally(() => {
        this.#sending = undefined;
        // What was told after the last look at it.
        if (this.#unsent.size > 0 && !this.#closed.signal.aborted) this.#sendSoon();
      });
  }

  /** Q1, Q2. */
  async #sendAll(): Promise<void> {
    const backoff = new Backoff({ initialMs: 50, maxMs: 2000 });
    while (this.#unsent.size > 0) {
      const batch = [...this.#unsent.values()].slice(0, MAX_REPORTS);
      try {
        await this.#options.send(batch);
        for (const status of batch) {
          if (this.#unsent.get(status.assignmentId) === status) this.#unsent.delete(status.assignmentId);
        }
        backoff.reset();
      } catch (error) {
        this.#options.onSendFailed(error);
        if (this.#closed.signal.aborted) return;
        await delay(backoff.nextMs(), undefined, { signal: this.#closed.signal }).catch(() => {});
      }
    }
  }
}
