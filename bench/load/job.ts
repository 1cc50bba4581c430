/** What the load generator is asked to do; these messages go between processes. */

/** Starts runs and waits for each, in a closed loop. */
export interface RunsJob {
  readonly kind: 'runs';
  readonly apiUrl: string;
  /** Path and query of the call that starts a run. */
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

/** Starts runs of the agent that streams, and follows each to its end. */
export interface StreamsJob {
  readonly kind: 'streams';
  readonly apiUrl: string;
  readonly agentsUrl: string;
  /** Path of the call that starts a run. */
  readonly path: string;
  /** Runs at the same time, each with one subscriber. */
  readonly streams: number;
  /** Of each stream. */
  readonly chunks: number;
  /** Between two chunks of a stream; 0: none. */
  readonly gapMs: number;
}

/** What came of a {@link StreamsJob}. */
export interface StreamsResult {
  /** Streams that came whole, live and in the replay. */
  readonly streams: number;
  readonly errors: number;
  readonly firstErrors: readonly string[];
  /** Chunks received live. */
  readonly chunks: number;
  /** From the first chunk written to the last one received. */
  readonly seconds: number;
  /** From an agent's write of a chunk to its subscriber's receipt. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** Every kind of job with its result. */
export interface Jobs {
  readonly runs: { readonly job: RunsJob; readonly result: RunsResult };
  readonly streams: { readonly job: StreamsJob; readonly result: StreamsResult };
}

/** Any job. */
export type Job = Jobs[keyof Jobs]['job'];

/** What came of any job. */
export type JobResult = Jobs[keyof Jobs]['result'];

/** The answer to a job. */
export type JobAnswer = { readonly result: JobResult } | { readonly failure: string };
