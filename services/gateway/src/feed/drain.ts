/** What a slow reader may cost. */

/** Longest time that a reader may take nothing in, in milliseconds; then it is cut off, and may resume by cursor. */
export const STALL_MS = 30_000;

/** A reader took nothing in for too long. */
export class StalledReaderError extends Error {
  constructor() {
    super(`the reader took nothing in for ${STALL_MS} ms`);
    this.name = 'StalledReaderError';
  }
}

/** Waits for `done`, but no longer than a reader may stall, nor beyond `signal`. */
export async function untilTaken(done: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(() => over.reject(new StalledReaderError()), STALL_MS);
  const onAbort = () => over.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([done, over.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
