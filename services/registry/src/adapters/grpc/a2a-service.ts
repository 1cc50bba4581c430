/**
 * Whether a gRPC server is an A2A agent, and what it says of itself.
 *
 * Asking for a task that is nobody's has no effect, and every agent knows the operation: whatever it answers but that there
 * is no such method, it is there.
 */
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { A2AService, OlderA2aService } from '@skein/contracts/a2a';
import { NO_FACTS } from '../../domain/agent-facts.ts';
import type { AgentFacts } from '../../domain/agent-record.ts';
import { factsInCard } from '../../domain/card-facts.ts';

const NO_TASK = 'skein-probe';
/** Not answers of the agent, but of the way to it. */
const NO_ANSWER: ReadonlySet<Code> = new Set([Code.Unavailable, Code.Canceled, Code.DeadlineExceeded, Code.Internal]);

/** Which service it has: that of 1.0, or the one of 0.3 and the draft of 1.0. */
export type A2aService = 'current' | 'older';

/** Undefined: none. @throws ConnectError where the server does not answer. */
export async function a2aServiceOf(transport: Transport, signal: AbortSignal): Promise<A2aService | undefined> {
  const current = createClient(A2AService, transport);
  if (await knows(() => current.getTask({ id: NO_TASK }, { signal }))) return 'current';
  const older = createClient(OlderA2aService, transport);
  return (await knows(() => older.getTask({ name: `tasks/${NO_TASK}` }, { signal }))) ? 'older' : undefined;
}

/** What the agent says of itself; nothing where it does not say. */
export async function a2aFactsOf(transport: Transport, service: A2aService, signal: AbortSignal): Promise<AgentFacts> {
  const older = createClient(OlderA2aService, transport);
  const current = createClient(A2AService, transport);
  const questions =
    service === 'current'
      ? [() => current.getExtendedAgentCard({}, { signal })]
      : [() => older.getAgentCard({}, { signal }), () => older.getExtendedAgentCard({}, { signal })];
  for (const ask of questions) {
    try {
      return factsInCard(await ask());
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  return NO_FACTS;
}

async function knows(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    const { code } = ConnectError.from(error, Code.Internal);
    if (code === Code.Unimplemented) return false;
    if (NO_ANSWER.has(code)) throw error;
    return true;
  }
}
