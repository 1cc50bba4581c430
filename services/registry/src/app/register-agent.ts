import type { JsonObject } from '@bufbuild/protobuf';
import { changeOfRegistration, detailsBefore, downgradeIn } from '../domain/agent-change.ts';
import { keptFacts, settleFacts } from '../domain/agent-facts.ts';
import type {
  AgentFacts,
  AgentKey,
  AgentRecord,
  Credentials,
  ProbeSettings,
  Protocol,
} from '../domain/agent-record.ts';
import { instanceAt, versionOf } from '../domain/agent-version.ts';
import { formOf, formsForProtocol } from '../domain/endpoint.ts';
import type { RoutingPolicy } from '../domain/routing-policy.ts';
import { DESCRIBE_TIMEOUT_MS, type AgentContacts } from './agent-contact.ts';
import type { AgentStore } from './agent-store.ts';
import {
  AgentExistsError,
  AgentNotFoundError,
  ProtocolUndecidedError,
  VersionDowngradeError,
} from './registry-errors.ts';
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
  /** Undefined: as it was, or the registry's. */
  readonly probe: ProbeSettings | undefined;
  /** Undefined: calls carry none. */
  readonly credentials: Credentials | undefined;
  /** Undefined: as it was, or the defaults. */
  readonly routing: RoutingPolicy | undefined;
  /** Undefined: the instances stay until they are unregistered. */
  readonly leaseTtlMs: number | undefined;
  readonly replaceVersions: boolean;
  readonly allowDowngrade: boolean;
  readonly createOnly: boolean;
}

/** What registering needs. */
export interface RegisterParts {
  readonly store: AgentStore;
  readonly contacts: AgentContacts;
}

/** An agent as registered. */
export interface Registered {
  readonly agent: AgentRecord;
  readonly created: boolean;
  /** Those of the endpoints that were given, in their order. */
  readonly instanceIds: readonly string[];
}

/**
 * Registers a version of an agent, or changes it.
 * @throws ProtocolUndecidedError when the protocol is not given and the first endpoint does not show it.
 * @throws AgentExistsError, VersionDowngradeError
 */
export async function registerAgent(
  { store, contacts }: RegisterParts,
  registration: Registration,
  signal: AbortSignal,
): Promise<Registered> {
  const { key, endpoints } = registration;
  const asked = await ask(contacts, registration, signal);
  signal.throwIfAborted();
  const { before, agent } = await store.change(key, (known) => {
    if (known !== undefined && registration.createOnly) throw new AgentExistsError(key);
    const settled = settle(registration, asked, known);
    const downgrade = registration.allowDowngrade ? undefined : downgradeIn(known, settled);
    if (downgrade !== undefined) {
      throw new VersionDowngradeError(key, { ...downgrade, to: settled.details.version });
    }
    return changeOfRegistration(known, settled);
  });
  // Between the write and the reading of it nobody can have removed the agent: both are one transaction.
  if (agent === undefined) throw new AgentNotFoundError(key);
  const instanceIds = endpoints.map((endpoint) => instanceAt(agent, endpoint)?.instanceId ?? '');
  return { agent, created: before === undefined, instanceIds };
}

/** What the registration says, with what the agent told and what was known for the rest. */
function settle(registration: Registration, asked: Asked, known: AgentRecord | undefined) {
  const { given, agentType, labels, config, timeoutMs, credentials } = registration;
  const { endpoints, leaseTtlMs, routing, replaceVersions } = registration;
  const protocol = asked.protocol ?? protocolBefore(known, endpoints);
  if (protocol === undefined) throw asked.undecided;
  const told = asked.facts === undefined ? undefined : keptFacts(asked.facts);
  const former = detailsBefore(known, given.version || (told?.version ?? ''), endpoints[0] ?? '');
  const facts = settleFacts(given, told, former);
  const probe = registration.probe ?? former?.probe;
  const details = { ...facts, agentType, protocol, labels, config, timeoutMs, probe, credentials };
  return { details, endpoints, leaseTtlMs, routing, replaceVersions };
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
  if (form === 'worker') return { protocol: 'PULL', facts: undefined };
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
  const [first = ''] = endpoints;
  const there = endpoints.map((endpoint) => instanceAt(before, endpoint)).find((instance) => instance !== undefined);
  const protocol = versionOf(before, there?.version ?? '')?.protocol;
  if (protocol === undefined) return undefined;
  return formsForProtocol(protocol).some((form) => form === formOf(first)) ? protocol : undefined;
}
