import type { Yardstick } from '../yardstick/yardstick.ts';

/** What every cell says: one workload in one mode at one concurrency, measured once. One line of JSON. */
export interface Cell extends Figures {
  /** Whose figures these are. */
  readonly engine: string;
  readonly mode: string;
  /** `w1` to `w12`. */
  readonly workload: string;
  readonly concurrency: number;
  /** What is measured, where a workload has several scenarios. */
  readonly scenario?: string;
  /** From 1. */
  readonly round: number;
  /** When it was measured, RFC 3339. */
  readonly at: string;
  readonly schedulers?: number;
  readonly executors?: number;
  /** A CPU profile was taken, which slows everything down. */
  readonly profiled?: boolean;
  /** Undefined: the engine was measured without one. */
  readonly yardstick?: Yardstick | undefined;
}

/** What a workload measures. Null: it has no such figure. Workloads add figures of their own. */
export interface Figures {
  /** Runs that came to their expected end. */
  readonly runs: number;
  /** Runs that did not. A cell with errors says nothing about speed. */
  readonly errors: number;
  readonly first_errors?: readonly string[];
  readonly runs_per_s: number | null;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly cpu_s_per_1000_runs: number | null;
  /** Most memory at one time, all parts together. */
  readonly peak_pss_mb: number | null;
  /** The parts of the two before: seconds of the whole cell, megabytes. */
  readonly cpu_s?: Readonly<Record<string, number>>;
  readonly pss_mb?: Readonly<Record<string, number>>;
  /** Processors that were busy with something else. */
  readonly other_cores?: number;
  /** Time that the platform went on working after the last answer. */
  readonly settle_s?: number;
  readonly [figure: string]: unknown;
}
