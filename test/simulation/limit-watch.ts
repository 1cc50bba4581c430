import { decodeTransition } from '@skein/events';
import { isTerminal, type LimitClaim, type RunEvent } from '@skein/domain';
import type { RunStore } from '../../services/scheduler/src/app/run-store.ts';
import { watchedCommits } from './watched-commits.ts';

/**
 * Watches the commits of a store: at no moment have more runs of a limit begun and not ended than it allows. What is
 * stored is what has happened, whoever believes what.
 */
export class LimitWatch {
  readonly #violated: (invariant: string) => void;
  /** What each run in state CREATED or after needs, by run. */
  readonly #claims = new Map<string, { readonly namespace: string; readonly limits: readonly LimitClaim[] }>();
  /** Runs that have begun and not ended, by limit. */
  readonly #running = new Map<string, Set<string>>();

  constructor(violated: (invariant: string) => void) {
    this.#violated = violated;
  }

  /** The same store, watched. */
  over<T extends RunStore>(store: T): T {
    return watchedCommits(store, (transition) => {
      for (const event of decodeTransition(transition.body).events) this.#happened(transition, event);
      if (transition.end !== undefined && isTerminal(transition.end.status)) this.#ended(transition.runId);
    });
  }

  #happened({ runId, namespace }: { readonly runId: string; readonly namespace: string }, event: RunEvent): void {
    if (event.kind === 'run_started' && event.flow !== undefined) {
      this.#claims.set(runId, { namespace, limits: event.flow.limits });
    }
    if (event.kind === 'run_admitted') this.#begun(runId);
  }

  #begun(runId: string): void {
    const { namespace = '', limits = [] } = this.#claims.get(runId) ?? {};
    for (const { key, maxConcurrency = Infinity } of limits) {
      const name = `${namespace}: ${key}`;
      const running = this.#running.get(name) ?? new Set();
      this.#running.set(name, running.add(runId));
      if (running.size > maxConcurrency)
        this.#violated(`W10: ${running.size} runs under ${name}: ${[...running].join(' ')}`);
    }
  }

  #ended(runId: string): void {
    for (const running of this.#running.values()) running.delete(runId);
  }
}
