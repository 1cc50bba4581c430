import type { Finding } from '../domain/probe-count.ts';
import { UnhealthyError, type AgentContact } from './agent-contact.ts';
import { NoAnswerError, withinTime } from './within-time.ts';

/** Longest detail that is kept, in characters. */
const MAX_DETAIL_LENGTH = 512;

/** What a probe found. */
export interface ProbeFinding {
  readonly finding: Finding;
  /** Why it is not healthy. Empty: it is. */
  readonly detail: string;
}

/**
 * One probe.
 * @throws the signal's reason when it aborts.
 */
export async function probeOnce(
  contact: AgentContact,
  endpoint: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeFinding> {
  try {
    const weakness = await withinTime(timeoutMs, signal, (bounded) => contact.check(endpoint, bounded));
    return weakness === '' ? { finding: 'HEALTHY', detail: '' } : { finding: 'DEGRADED', detail: textOf(weakness) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UnhealthyError || error instanceof NoAnswerError) {
      return { finding: 'FAILED', detail: textOf(error.message) };
    }
    throw error;
  }
}

/** Words of a stranger, fit to be stored. */
function textOf(message: string): string {
  return message.replaceAll('\0', ' ').slice(0, MAX_DETAIL_LENGTH).toWellFormed();
}
