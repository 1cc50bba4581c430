import type { RetryPolicy } from '../workflow/plan.ts';

/**
 * Wait before the attempt after the given one, in milliseconds: exponential, capped, spread by
 * jitter. `random` in [0, 1) says where in the spread.
 */
export function backoffMs(policy: RetryPolicy, failedAttempt: number, random: number): number {
  const exponential = policy.initialMs * policy.multiplier ** (failedAttempt - 1);
  const capped = Math.min(exponential, policy.maxMs);
  return Math.round(capped * (1 - policy.jitter + 2 * policy.jitter * random));
}
