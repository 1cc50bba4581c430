import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when the work is done, or after `limitMs`; the work goes on then. */
export async function atMost(work: Promise<unknown>, limitMs: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, delay(limitMs, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
}
