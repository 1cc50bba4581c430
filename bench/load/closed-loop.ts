/** When a loop ends: whichever comes first. What is under way then is waited for, and counts. */
export interface LoopLimits {
  /** Clients, each of which begins its next piece of work when its last one is done. */
  readonly concurrency: number;
  /** Pieces of work, all clients together. Default: no limit. */
  readonly maxRuns?: number;
  readonly maxMs: number;
}

/** What became of a loop. */
export interface LoopResult {
  /** Pieces that succeeded. */
  readonly runs: number;
  readonly errors: number;
  /** From the first start to the last end. */
  readonly seconds: number;
  /** Of the pieces that succeeded, in the order in which they ended. */
  readonly latenciesMs: readonly number[];
  /** Messages of the first few errors. */
  readonly firstErrors: readonly string[];
}

const ERRORS_KEPT = 3;

/** Repeats `work` by so many clients at a time. A failed piece is counted, not repeated, and has no latency. */
export async function closedLoop(limits: LoopLimits, work: () => Promise<void>): Promise<LoopResult> {
  const { concurrency, maxRuns = Number.POSITIVE_INFINITY, maxMs } = limits;
  const latenciesMs: number[] = [];
  const firstErrors: string[] = [];
  let left = maxRuns;
  let errors = 0;
  const startedMs = performance.now();
  const endMs = startedMs + maxMs;
  const client = async (): Promise<void> => {
    while (left > 0 && performance.now() < endMs) {
      left -= 1;
      const beganMs = performance.now();
      try {
        await work();
        latenciesMs.push(performance.now() - beganMs);
      } catch (error) {
        errors += 1;
        if (firstErrors.length < ERRORS_KEPT) firstErrors.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  const seconds = (performance.now() - startedMs) / 1000;
  return { runs: latenciesMs.length, errors, seconds, latenciesMs, firstErrors };
}
