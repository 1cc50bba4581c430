import type { RunState } from '@skein/domain';

type Waiter = (state: RunState | undefined) => void;

/** Somebody who waits. */
export interface Waiting {
  /** What `end` was told; undefined also when the time is up, the signal aborts or the waiter has left. */
  readonly ended: Promise<RunState | undefined>;
  leave(): void;
}

/** Who waits for the end of which run. */
export class EndWaiters {
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** Runs that somebody waits for. */
  get runIds(): readonly string[] {
    return [...this.#waiters.keys()];
  }

  has(runId: string): boolean {
    return this.#waiters.has(runId);
  }

  /** Waits at most this long, and while the signal does not abort. */
  wait(runId: string, timeoutMs: number, signal: AbortSignal): Waiting {
    const { promise: ended, resolve } = Promise.withResolvers<RunState | undefined>();
    const waiters = this.#waiters.get(runId) ?? new Set<Waiter>();
    this.#waiters.set(runId, waiters);
    const finish: Waiter = (state) => {
      waiters.delete(finish);
      if (waiters.size === 0 && this.#waiters.get(runId) === waiters) this.#waiters.delete(runId);
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      resolve(state);
    };
    const leave = () => finish(undefined);
    const timer = setTimeout(leave, timeoutMs);
    waiters.add(finish);
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    return { ended, leave };
  }

  /** The run is not open any more, or not here; undefined: the store has its state. */
  end(runId: string, state: RunState | undefined): void {
    for (const finish of this.#waiters.get(runId) ?? []) finish(state);
  }
}
