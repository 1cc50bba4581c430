/**
 * Whether calls go through to an instance. Pure: time is an argument.
 *
 * ```
 *            failures in a row            reset timeout
 *   CLOSED ─────────────────────► OPEN ─────────────────► HALF_OPEN
 *     ▲                            ▲                        │   │
 *     │                            └────── it fails ────────┘   │
 *     └───────────────────── it succeeds ───────────────────────┘
 * ```
 *
 * In HALF_OPEN one call is let through at a time. (M. Nygard, Release It!, "Circuit Breaker".)
 */

/** When a breaker opens, and for how long. */
export interface BreakerSettings {
  /** Failures in a row. */
  readonly failureThreshold: number;
  readonly resetTimeoutMs: number;
}

/** A breaker. */
export interface Breaker {
  /** Failures since the last success. */
  readonly failures: number;
  /** Undefined: it is closed. */
  readonly openUntilMs: number | undefined;
  /** A call is out to see whether the instance is back. */
  readonly isTrying: boolean;
}

export const CLOSED: Breaker = Object.freeze({ failures: 0, openUntilMs: undefined, isTrying: false });

/** The state in the contract's words. */
export function breakerState({ openUntilMs }: Breaker, nowMs: number): 'CLOSED' | 'OPEN' | 'HALF_OPEN' {
  if (openUntilMs === undefined) return 'CLOSED';
  return nowMs < openUntilMs ? 'OPEN' : 'HALF_OPEN';
}

/** Whether a call may go out now. */
export function letsThrough(breaker: Breaker, nowMs: number): boolean {
  const state = breakerState(breaker, nowMs);
  return state === 'CLOSED' || (state === 'HALF_OPEN' && !breaker.isTrying);
}

/** A call goes out. */
export function afterBegin(breaker: Breaker, nowMs: number): Breaker {
  return breakerState(breaker, nowMs) === 'HALF_OPEN' ? { ...breaker, isTrying: true } : breaker;
}

/** A call has ended; `undefined`: in a way that says nothing of the instance. */
export function afterEnd(
  breaker: Breaker,
  isFault: boolean | undefined,
  settings: BreakerSettings,
  nowMs: number,
): Breaker {
  const state = breakerState(breaker, nowMs);
  if (isFault === undefined) return breaker.isTrying ? { ...breaker, isTrying: false } : breaker;
  // One that began before the breaker opened says nothing new, unless it is good.
  if (!isFault) return CLOSED;
  if (state === 'OPEN') return breaker;
  const failures = breaker.failures + 1;
  if (state === 'CLOSED' && failures < settings.failureThreshold) return { ...breaker, failures };
  return { failures, openUntilMs: nowMs + settings.resetTimeoutMs, isTrying: false };
}
