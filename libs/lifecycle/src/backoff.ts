/** How long to wait before trying again. Every field has a default that suits a reconnect. */
export interface BackoffPolicy {
  /** First wait in milliseconds. Default 100. */
  readonly initialMs?: number;
  /** Factor between two waits, at least 1. Default 2. */
  readonly multiplier?: number;
  /** Longest wait in milliseconds. Default 10,000. */
  readonly maxMs?: number;
  /** Share of the wait that is random, 0 (none) to 1 (anything between nothing and the whole wait). Default 0.5. */
  readonly jitter?: number;
}

/** A source of numbers in [0, 1), such as `Math.random`. Injected so that tests repeat. */
export type Random = () => number;

/** The wait before try number `attempt` (0 is the first retry), in whole milliseconds. */
export function backoffMs(attempt: number, policy: BackoffPolicy, random: Random): number {
  const { initialMs = 100, multiplier = 2, maxMs = 10_000, jitter = 0.5 } = policy;
  const fullMs = Math.min(maxMs, initialMs * multiplier ** Math.max(0, attempt));
  return Math.round(fullMs * (1 - jitter) + fullMs * jitter * random());
}

/** A counter over {@link backoffMs} for loops that retry until they succeed. */
export class Backoff {
  readonly #policy: BackoffPolicy;
  readonly #random: Random;
  #attempt = 0;

  constructor(policy: BackoffPolicy = {}, random: Random = Math.random) {
    this.#policy = policy;
    this.#random = random;
  }

  /** Tries so far since the last {@link reset}. */
  get attempt(): number {
    return this.#attempt;
  }

  /** The next wait in milliseconds. */
  nextMs(): number {
    return backoffMs(this.#attempt++, this.#policy, this.#random);
  }

  /** Call after a success: the next failure waits the initial time again. */
  reset(): void {
    this.#attempt = 0;
  }
}
