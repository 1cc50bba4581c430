/** What the load generator is asked to do; these messages go between processes. */

/** Starts runs and waits for each, in a closed loop. */
export interface RunsJob {
  readonly kind: 'runs';
  readonly apiUrl: string;
  /** Path and query of the call that starts a run and is answered with its end. */
  readonly path: string;
  /** Each run's input is this and a number of its own. */
  readonly inputPrefix: string;
  readonly status: number;
  /** Texts that every answer must have in it; one that lacks any is an error. */
  readonly expected: readonly string[];
  readonly concurrency: number;
  readonly maxRuns?: number;
  readonly maxMs: number;
}

/** What came of a {@link RunsJob}. */
export interface RunsResult {
  readonly runs: number;
  readonly errors: number;
  readonly firstErrors: readonly string[];
  readonly seconds: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** Every kind of job with its result. */
export interface Jobs {
  readonly runs: { readonly job: RunsJob; readonly result: RunsResult };
}

/** Any job. */
export type Job = Jobs[keyof Jobs]['job'];

/** The answer to a job. */
export type JobAnswer = { readonly result: Jobs[keyof Jobs]['result'] } | { readonly failure: string };
