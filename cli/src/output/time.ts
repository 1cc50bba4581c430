const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A time span for people: `12 ms`, `3.4 s`, `2 min 5 s`, `3 h 20 min`, `5 d`. */
export function spanText(spanMs: number): string {
  if (spanMs < SECOND_MS) return `${Math.round(spanMs)} ms`;
  if (spanMs < MINUTE_MS) return `${(spanMs / SECOND_MS).toFixed(1)} s`;
  if (spanMs < HOUR_MS)
    return `${Math.floor(spanMs / MINUTE_MS)} min ${Math.floor((spanMs % MINUTE_MS) / SECOND_MS)} s`;
  if (spanMs < DAY_MS) return `${Math.floor(spanMs / HOUR_MS)} h ${Math.floor((spanMs % HOUR_MS) / MINUTE_MS)} min`;
  return `${Math.floor(spanMs / DAY_MS)} d`;
}

/** A point in time as seconds and nanoseconds, as the contracts have it. */
interface Instant {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** Milliseconds since the epoch; undefined for an absent time. */
export function instantMs(instant: Instant | undefined): number | undefined {
  return instant === undefined ? undefined : Number(instant.seconds) * SECOND_MS + instant.nanos / 1e6;
}

/** How long ago, for lists. */
export function ageText(instant: Instant | undefined, nowMs: number): string {
  const atMs = instantMs(instant);
  return atMs === undefined ? '-' : spanText(Math.max(0, nowMs - atMs));
}

/** Time of day in UTC with milliseconds, for event lists. */
export function clockText(instant: Instant | undefined): string {
  const atMs = instantMs(instant);
  return atMs === undefined ? '-' : new Date(atMs).toISOString().slice(11, 23);
}
