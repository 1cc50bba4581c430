/**
 * The sample below which a share `q` (0 to 1) of all samples lies: of n sorted ones, number floor(q·n) counted from 0,
 * at most the last. Null where there is no sample.
 */
export function quantile(samples: readonly number[], q: number): number | null {
  const sorted = Float64Array.from(samples).toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
}

/** The middle of the samples; of an even number, the mean of the two in the middle. Null where there is none. */
export function median(samples: readonly number[]): number | null {
  const sorted = Float64Array.from(samples).toSorted();
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** Rounds to `digits` behind the point; null stays null. */
export function rounded(value: number, digits: number): number;
export function rounded(value: number | null, digits: number): number | null;
export function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
