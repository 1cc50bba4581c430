import { UnhealthyError, type AgentContact } from './agent-contact.ts';
import { NoAnswerError, withinTime } from './within-time.ts';

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
  try {
    await withinTime(timeoutMs, signal, (bounded) => contact.check(endpoint, bounded));
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UnhealthyError || error instanceof NoAnswerError) return textOf(error.message);
    throw error;
  }
}

/** Words of a stranger, fit to be stored. */
function textOf(message: string): string {
  return message.replaceAll('\0', ' ').slice(0, MAX_DETAIL_LENGTH).toWellFormed();
}
