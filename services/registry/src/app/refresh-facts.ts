import { changeOfFacts } from '../domain/agent-change.ts';
import type { AgentRecord } from '../domain/agent-record.ts';
import { instanceAt, versionOf } from '../domain/agent-version.ts';
import { formOf } from '../domain/endpoint.ts';
import { DESCRIBE_TIMEOUT_MS, type AgentContacts } from './agent-contact.ts';
import type { AgentStore } from './agent-store.ts';
import { withinTime } from './within-time.ts';

/**
 * Reads again what an agent says about itself, where its registration left that to it: an instance that comes back
 * after an outage may be a newer one. An agent that does not answer keeps what it said before.
 */
export async function refreshFacts(
  { store, contacts }: { readonly store: AgentStore; readonly contacts: AgentContacts },
  agent: AgentRecord,
  endpoint: string,
  signal: AbortSignal,
): Promise<void> {
  const version = versionOf(agent, instanceAt(agent, endpoint)?.version ?? '');
  if (version === undefined || version.cardFacts.length === 0) return;
  const form = formOf(endpoint);
  if (form !== 'grpc' && form !== 'http') return;
  const describing = withinTime(DESCRIBE_TIMEOUT_MS, signal, (bounded) => contacts[form].describe(endpoint, bounded));
  const said = await describing.catch(() => undefined);
  if (said === undefined || signal.aborted) return;
  const { namespace, agentId } = agent;
  await store.change({ namespace, agentId }, (before) => before && changeOfFacts(before, endpoint, said));
}
