import type { JsonObject } from '@bufbuild/protobuf';
import { keptFacts, settleFacts } from '../domain/agent-facts.ts';
import type { AgentFacts, AgentKey, AgentRecord, Protocol } from '../domain/agent-record.ts';
import { formForProtocol, formOf } from '../domain/endpoint.ts';
import { DESCRIBE_TIMEOUT_MS, type AgentContacts } from './agent-contact.ts';
import type { AgentStore } from './agent-store.ts';
import { ProtocolUndecidedError } from './registry-errors.ts';
import { NoAnswerError, withinTime } from './within-time.ts';

/** A registration that keeps every bound. */
export interface Registration {
  readonly key: AgentKey;
  /** What the registration itself says; the agent is asked for the rest. */
  readonly given: AgentFacts;
  readonly agentType: string;
  /** Undefined: to be found out. */
  readonly protocol: Protocol | undefined;
  /** The whole set, of one form, without repeats; at least one. */
  readonly endpoints: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly config: JsonObject | undefined;
  readonly timeoutMs: number | undefined;
}

/** What registering needs. */
export interface RegisterParts {
  readonly store: AgentStore;
  readonly contacts: AgentContacts;
}

/**
 * Registers an agent, or changes it.
 * @throws ProtocolUndecidedError when the protocol is not given and the first endpoint does not show it.
 */
export async function registerAgent(
  { store, contacts }: RegisterParts,
  registration: Registration,
  signal: AbortSignal,
): Promise<{ readonly agent: AgentRecord; readonly created: boolean }> {
  const { key, given, endpoints, agentType, labels, config, timeoutMs } = registration;
  const asked = await ask(contacts, registration, signal);
  signal.throwIfAborted();
  const told = asked.facts === undefined ? undefined : keptFacts(asked.facts);
  return store.put(key, endpoints, (before) => {
    const protocol = asked.protocol ?? protocolBefore(before, endpoints);
    if (protocol === undefined) throw asked.undecided;
    return { ...settleFacts(given, told, before), agentType, protocol, labels, config, timeoutMs };
  });
}

interface Asked {
  readonly protocol: Protocol | undefined;
  /** Undefined: the agent did not answer, or was not asked. */
  readonly facts: AgentFacts | undefined;
  readonly undecided?: ProtocolUndecidedError;
}

/** Asks the first endpoint for what the registration leaves out. */
async function ask(contacts: AgentContacts, registration: Registration, signal: AbortSignal): Promise<Asked> {
  const { protocol, given } = registration;
  const endpoint = registration.endpoints[0] ?? '';
  const form = formOf(endpoint);
  if (form === 'in_process') return { protocol: 'IN_PROCESS', facts: undefined };
  const contact = contacts[form === 'grpc' ? 'grpc' : 'http'];
  if (protocol === undefined) {
    try {
      return await withinTime(DESCRIBE_TIMEOUT_MS, signal, (bounded) => contact.detect(endpoint, bounded));
    } catch (error) {
      return { protocol: undefined, facts: undefined, undecided: undecidedFor(error) };
    }
  }
  const complete =
    given.version !== '' && given.name !== '' && given.description !== '' && given.capabilities.length > 0;
  if (complete) return { protocol, facts: undefined };
  // An agent may be registered before it runs; it is asked again when it first answers its probe.
  const describing = withinTime(DESCRIBE_TIMEOUT_MS, signal, (bounded) => contact.describe(endpoint, bounded));
  const facts = await describing.catch(() => undefined);
  return { protocol, facts };
}

/** Why the protocol is not known; what is no answer of the agent's goes on. */
function undecidedFor(error: unknown): ProtocolUndecidedError {
  if (error instanceof ProtocolUndecidedError) return error;
  if (!(error instanceof NoAnswerError)) throw error;
  return new ProtocolUndecidedError(`could not be found out: ${error.message}; give it`, { cause: error });
}

/** An agent that was known before and is away for a moment keeps the protocol that it had. */
function protocolBefore(before: AgentRecord | undefined, endpoints: readonly string[]): Protocol | undefined {
  if (before === undefined || formForProtocol(before.protocol) !== formOf(endpoints[0] ?? '')) return undefined;
  return before.instances.some(({ endpoint }) => endpoints.includes(endpoint)) ? before.protocol : undefined;
}
