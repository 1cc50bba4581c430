import type { RunState } from '@skein/domain';

type Waiter = (state: RunState | undefined) => void;

/** Who waits for the end of which run, for as long as the run takes and wherever it goes on meanwhile. */
export class EndWaiters {
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** Runs that somebody waits for. */
  get runIds(): readonly string[] {
    return [...this.#waiters.keys()];
  }

  has(runId: string): boolean {
    return this.#waiters.has(runId);
  }

  /** Resolves with what `end` is told; with undefined when the signal aborts. */
  wait(runId: string, signal: AbortSignal): Promise<RunState | undefined> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(runId) ?? new Set<Waiter>();
      this.#waiters.set(runId, waiters);
      const finish: Waiter = (state) => {
        waiters.delete(finish);
        if (waiters.size === 0 && this.#waiters.get(runId) === waiters) this.#waiters.delete(runId);
        signal.removeEventListener('abort', onAbort);
        resolve(state);
      };
      const onAbort = () => finish(undefined);
      waiters.add(finish);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
    });
  }

  /** The run is not open any more; undefined: the store has its state. */
  end(runId: string, state: RunState | undefined): void {
    for (const finish of this.#waiters.get(runId) ?? []) finish(state);
  }
}
