import { keptFacts, settleFacts } from '../domain/agent-facts.ts';
import type { AgentFacts, AgentRecord, FactName } from '../domain/agent-record.ts';
import { formForProtocol } from '../domain/endpoint.ts';
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
  const form = formForProtocol(agent.protocol);
  if (form === 'in_process' || agent.cardFacts.length === 0) return;
  const describing = withinTime(DESCRIBE_TIMEOUT_MS, signal, (bounded) => contacts[form].describe(endpoint, bounded));
  const said = await describing.catch(() => undefined);
  if (said === undefined || signal.aborted) return;
  const told = keptFacts(said);
  await store.amend(agent, (before) => ({ ...before, ...settleFacts(givenIn(before), told, before) }));
}

/** The facts that the registration itself gave. */
function givenIn(agent: AgentRecord): AgentFacts {
  const given = <Name extends FactName>(name: Name, none: AgentFacts[Name]): AgentFacts[Name] =>
    agent.cardFacts.includes(name) ? none : agent[name];
  return {
    version: given('version', ''),
    name: given('name', ''),
    description: given('description', ''),
    capabilities: given('capabilities', []),
  };
}
