/** Nobody answered in the time that was given. */
export class NoAnswerError extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'NoAnswerError';
  }
}

/**
 * Runs `work` with a signal that aborts when the time is up or `signal` does.
 * @throws NoAnswerError when the time is up, the signal's reason when it aborts, else what `work` throws.
 */
export async function withinTime<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (bounded: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const onAbort = () => over.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => over.abort(new NoAnswerError(timeoutMs)), timeoutMs);
  try {
    return await work(over.signal);
  } catch (error) {
    if (over.signal.aborted) throw over.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
