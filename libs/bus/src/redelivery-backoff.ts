/** How long a failed delivery waits before the next. */
export interface RedeliveryBackoff {
  /** After the first failure, in milliseconds. */
  readonly initialMs: number;
  /** Longest pause, in milliseconds. */
  readonly maxMs: number;
}

/** 100 ms, doubling up to 10 s. */
export const defaultRedeliveryBackoff: RedeliveryBackoff = { initialMs: 100, maxMs: 10_000 };

/** The pause after the delivery with this number failed; 1 is the first. */
export function redeliveryDelayMs(backoff: RedeliveryBackoff, deliveryCount: number): number {
  return Math.min(backoff.maxMs, backoff.initialMs * 2 ** Math.min(deliveryCount - 1, 30));
}
