/** A stretch of time by the machine's clock, in milliseconds since 1970; the end is not part of it. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The same time without overlaps, sorted. */
export function union(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const next of intervals.filter(isReal).toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last !== undefined && next.fromMs <= last.toMs) {
      joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, next.toMs) };
    } else joined.push({ fromMs: next.fromMs, toMs: next.toMs });
  }
  return joined;
}

/** The time that lies in both. */
export function intersection(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const common = union(a).flatMap((one) =>
    union(b).map((other) => ({ fromMs: Math.max(one.fromMs, other.fromMs), toMs: Math.min(one.toMs, other.toMs) })),
  );
  return common.filter(isReal);
}

/** The time of `whole` that lies in none of `parts`. */
export function without(whole: Interval, parts: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let fromMs = whole.fromMs;
  for (const part of union(parts)) {
    if (part.toMs <= fromMs) continue;
    if (part.fromMs >= whole.toMs) break;
    left.push({ fromMs, toMs: part.fromMs });
    fromMs = part.toMs;
  }
  left.push({ fromMs, toMs: whole.toMs });
  return left.filter(isReal);
}

/** How much of a time lies in others, in milliseconds. */
export function overlapMs(interval: Interval, others: readonly Interval[]): number {
  return intersection([interval], others).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

function isReal({ fromMs, toMs }: Interval): boolean {
  return toMs > fromMs;
}
