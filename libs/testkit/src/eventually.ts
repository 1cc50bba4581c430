import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** What is waited for, in words, for the error. */
  readonly describe: string;
  /** Longest wait. Default 10,000. */
  readonly timeoutMs?: number;
}

const FIRST_POLL_MS = 2;
const LONGEST_POLL_MS = 100;

/**
 * Asks until the answer is truthy and returns it; asks often at first, then less. An error of the question counts as
 * "not yet". Tests wait with this and never sleep a fixed time.
 */
export async function eventually<T>(
  question: () => T | Promise<T>,
  { describe, timeoutMs = 10_000 }: EventuallyOptions,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let pollMs = FIRST_POLL_MS;
  let last: unknown;
  for (;;) {
    try {
      const answer = await question();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) throw new Error(`waited ${timeoutMs} ms in vain: ${describe}`, { cause: last });
    await delay(pollMs);
    pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS);
  }
}
