import type { Limit } from '@skein/contracts/scheduler';

/** `2 of 10`, or how many without a limit. */
export function concurrencyText({ holderCount, effectiveMaxConcurrency: max }: Limit): string {
  return max === 0 ? `${holderCount}` : `${holderCount} of ${max}`;
}

/** `100 per 60s`; `-` where there is none. */
export function rateText({ effectiveRateLimit, effectiveRatePer: per }: Limit): string {
  if (per === undefined) return '-';
  const seconds = Number(per.seconds) + per.nanos / 1e9;
  return `${effectiveRateLimit} per ${seconds}s`;
}

/** Whose figures count. */
export function setBy({ maxConcurrency, rateLimit }: Limit): string {
  return maxConcurrency > 0 || rateLimit > 0 ? 'operator' : 'definition';
}

/** All of it in one line. */
export function limitLine(limit: Limit): string {
  const rate = limit.effectiveRatePer === undefined ? '' : `, ${rateText(limit)}`;
  return `${limit.key}: ${concurrencyText(limit)} taken${rate}, ${limit.waiterCount} waiting (${setBy(limit)})`;
}
