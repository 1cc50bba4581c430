import { UnhealthyError, type AgentContact } from './agent-contact.ts';

/** Longest detail that is kept, in characters. */
const MAX_DETAIL_LENGTH = 512;

/**
 * One probe; answers why the instance is unhealthy, undefined when it is healthy.
 * @throws the signal's reason when it aborts.
 */
export async function probeOnce(
  contact: AgentContact,
  endpoint: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const over = new AbortController();
  const onAbort = () => over.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => over.abort(new Error('timeout')), timeoutMs);
  try {
    signal.throwIfAborted();
    await contact.check(endpoint, over.signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (over.signal.aborted) return `no answer within ${timeoutMs} ms`;
    if (error instanceof UnhealthyError) return textOf(error.message);
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Words of a stranger, fit to be stored. */
function textOf(message: string): string {
  return message.replaceAll('\0', ' ').slice(0, MAX_DETAIL_LENGTH).toWellFormed();
}
