import type { JsonObject } from '../expression/json.ts';

/** Why a run, a node or an attempt failed; `skein.type.v1.Failure` in the kernel's terms. */
export interface Failure {
  /** Stable UPPER_SNAKE_CASE code. */
  readonly code: string;
  readonly message: string;
  /** Where: a node id, a field path, an address. Empty: the run as a whole. */
  readonly place: string;
  /** What would mend it. Empty: unknown. */
  readonly remedy: string;
  /** Whether the same attempt may succeed later. */
  readonly retryable: boolean;
  /** Least time to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly details?: JsonObject | undefined;
}

/** A failure that no retry mends. */
export function finalFailure(code: string, message: string, place: string, remedy = ''): Failure {
  return { code, message, place, remedy, retryable: false };
}

/**
 * Failures after which nobody knows whether whoever was called did the work: a call with `delivery: at_most_once` is
 * not repeated after one of these. DEADLINE_EXCEEDED is what a server says whose time ran out while it worked.
 */
const UNKNOWN_OUTCOME_CODES: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'AGENT_UNREACHABLE',
  'RPC_UNREACHABLE',
  'TOOL_UNREACHABLE',
  'DEADLINE_EXCEEDED',
]);

/** Whether the work may have been done in spite of the failure. */
export function leavesOutcomeUnknown(failure: Failure): boolean {
  return UNKNOWN_OUTCOME_CODES.has(failure.code);
}
