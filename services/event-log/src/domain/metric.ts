/** One thing to count: a call that ended, a run that started or ended. */
export interface MetricIncrement {
  readonly namespace: string;
  /** The transition that says so: what was stored before does not count again. */
  readonly runId: string;
  readonly firstSeq: number;
  readonly kind: 'agent' | 'workflow';
  readonly subjectId: string;
  readonly version: string;
  readonly instanceId: string;
  readonly outcome: string;
  /** When, in milliseconds since 1970. */
  readonly atMs: number;
  /** Undefined: it has none. */
  readonly durationMs: number | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
}

/** Class of what has no duration. */
export const NO_DURATION_CLASS = 0;
const GROWTH = 1.5;
/** About four weeks. */
const MAX_CLASS = 54;

/** The class of a duration: class n holds those of 1.5^(n-2) to 1.5^(n-1) ms, class 1 those below. */
export function durationClassOf(durationMs: number | undefined): number {
  if (durationMs === undefined) return NO_DURATION_CLASS;
  if (!(durationMs > 1)) return 1;
  return Math.min(MAX_CLASS, Math.ceil(Math.log(durationMs) / Math.log(GROWTH)) + 1);
}

/** How many durations there are of a class. */
export interface DurationCount {
  readonly durationClass: number;
  readonly count: number;
}

/** The duration that this share (0 to 1) of them does not exceed, in milliseconds; undefined where there are none. */
export function percentileMs(counts: readonly DurationCount[], share: number): number | undefined {
  const classes = counts
    .filter(({ durationClass, count }) => durationClass !== NO_DURATION_CLASS && count > 0)
    .toSorted((a, b) => a.durationClass - b.durationClass);
  const total = classes.reduce((sum, { count }) => sum + count, 0);
  let seen = 0;
  for (const { durationClass, count } of classes) {
    seen += count;
    // The geometric middle: never further off than half a class.
    if (seen >= total * share) return durationClass === 1 ? 1 : GROWTH ** (durationClass - 1.5);
  }
  return undefined;
}
