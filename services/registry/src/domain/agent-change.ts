/** What registering, or hearing what an agent says of itself, does to what is known of the agent. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { sameDetails } from './agent-details.ts';
import { keptFacts, settleFacts } from './agent-facts.ts';
import type { AgentDetails, AgentFacts, AgentRecord, FactName, InstanceRecord } from './agent-record.ts';
import { instanceAt, isOlder, versionOf } from './agent-version.ts';
import type { RoutingPolicy } from './routing-policy.ts';

/** An instance to be, of the version of its change. */
export interface InstanceChange {
  readonly endpoint: string;
  readonly position: number;
  /** Undefined: it stays until it is unregistered. */
  readonly leaseTtlMs: number | undefined;
  /** What is known of its health no longer counts. */
  readonly reset: boolean;
}

/** One version put, and all that follows from it. */
export interface AgentChange {
  readonly details: AgentDetails;
  /** Undefined: as it was. */
  readonly routing: RoutingPolicy | undefined;
  /** Those that are to be of this version, new or not. */
  readonly instances: readonly InstanceChange[];
  readonly removedInstanceIds: readonly string[];
  readonly removedVersions: readonly string[];
  /** Whether anything that others see is different. */
  readonly isNews: boolean;
}

/** A registration whose protocol is known. */
export interface SettledRegistration {
  readonly details: AgentDetails;
  readonly endpoints: readonly string[];
  readonly leaseTtlMs: number | undefined;
  readonly routing: RoutingPolicy | undefined;
  readonly replaceVersions: boolean;
}

/**
 * The version whose former words hold while an agent does not answer: the one named, else that of the endpoint, else the
 * newest of those whose number follows what the agent says.
 */
export function detailsBefore(
  before: AgentRecord | undefined,
  version: string,
  endpoint: string,
): AgentDetails | undefined {
  if (version !== '') return versionOf(before, version);
  const there = instanceAt(before, endpoint);
  if (there !== undefined) return versionOf(before, there.version);
  return before?.versions.find(({ cardFacts }) => cardFacts.includes('version'));
}

/** An endpoint that would go from a newer version to an older one; undefined: none would. */
export function downgradeIn(
  before: AgentRecord | undefined,
  registration: SettledRegistration,
): { readonly endpoint: string; readonly from: string } | undefined {
  const { details, endpoints } = registration;
  for (const { endpoint, version: from } of before?.instances ?? []) {
    if (endpoints.includes(endpoint) && isOlder(details.version, from)) return { endpoint, from };
  }
  return undefined;
}

/** What a registration changes. */
export function changeOfRegistration(before: AgentRecord | undefined, registration: SettledRegistration): AgentChange {
  const { details, endpoints, leaseTtlMs, routing } = registration;
  const known = versionOf(before, details.version);
  const ofVersion = (before?.instances ?? []).filter(({ version }) => version === details.version);
  // Without a lease the endpoints given are all there are; instances with a lease live by it.
  const removed =
    leaseTtlMs === undefined
      ? ofVersion.filter((instance) => instance.leaseTtlMs === undefined && !endpoints.includes(instance.endpoint))
      : [];
  const firstPosition = leaseTtlMs === undefined ? 0 : ofVersion.length;
  const instances = endpoints.map((endpoint, at): InstanceChange => {
    const was = instanceAt(before, endpoint);
    const former = versionOf(before, was?.version ?? '');
    // Neither what another protocol answered counts, nor what probes found that run no more.
    const unprobed = details.probe?.disabled === true && former?.probe?.disabled !== true;
    const reset = former !== undefined && (former.protocol !== details.protocol || unprobed);
    return { endpoint, position: firstPosition + at, leaseTtlMs, reset };
  });
  const removedVersions = versionsWithoutRoom(before, registration);
  return {
    details,
    routing,
    instances,
    removedInstanceIds: removed.map(({ instanceId }) => instanceId),
    removedVersions,
    isNews:
      known === undefined ||
      !sameDetails(known, details) ||
      (routing !== undefined && !isDeepStrictEqual(routing, before?.routing)) ||
      removed.length > 0 ||
      removedVersions.length > 0 ||
      instances.some((instance) => isNewInstance(instance, ofVersion)) ||
      (leaseTtlMs === undefined && !isDeepStrictEqual(permanentOf(ofVersion), endpoints)),
  };
}

function isNewInstance({ endpoint, leaseTtlMs, reset }: InstanceChange, ofVersion: readonly InstanceRecord[]): boolean {
  const was = ofVersion.find((instance) => instance.endpoint === endpoint);
  return was === undefined || reset || was.leaseTtlMs !== leaseTtlMs;
}

/** Versions that go: all others where that is asked for, else those whose last instance this one takes. */
function versionsWithoutRoom(before: AgentRecord | undefined, registration: SettledRegistration): string[] {
  const { details, endpoints, replaceVersions } = registration;
  const others = (before?.versions ?? [])
    .map(({ version }) => version)
    .filter((version) => version !== details.version);
  if (replaceVersions) return others;
  return others.filter((version) => {
    const instances = before?.instances.filter((instance) => instance.version === version) ?? [];
    return instances.length > 0 && instances.every(({ endpoint }) => endpoints.includes(endpoint));
  });
}

/**
 * What it changes that an instance told of itself: the facts of its version that were left to it. One that tells another
 * version is of that one from then on.
 */
export function changeOfFacts(before: AgentRecord, endpoint: string, said: AgentFacts): AgentChange | undefined {
  const instance = instanceAt(before, endpoint);
  const known = versionOf(before, instance?.version ?? '');
  if (instance === undefined || known === undefined || known.cardFacts.length === 0) return undefined;
  const told = keptFacts(said);
  const details = { ...known, ...settleFacts(givenIn(known), told, known) };
  const moved = details.version !== known.version;
  const target = moved ? versionOf(before, details.version) : known;
  const alone = before.instances.every(
    ({ version, endpoint: other }) => version !== known.version || other === endpoint,
  );
  if (!moved && sameDetails(known, details)) return undefined;
  const { leaseTtlMs } = instance;
  const position = before.instances.indexOf(instance);
  return {
    // A version that was registered with its own words keeps them.
    details: target === undefined ? details : { ...target, ...settleFacts(givenIn(target), told, target) },
    routing: undefined,
    instances: moved ? [{ endpoint, position, leaseTtlMs, reset: false }] : [],
    removedInstanceIds: [],
    removedVersions: moved && alone ? [known.version] : [],
    isNews: true,
  };
}

/** The facts that the registration itself gave. */
function givenIn(details: AgentDetails): AgentFacts {
  const given = <Name extends FactName>(name: Name, none: AgentFacts[Name]): AgentFacts[Name] =>
    details.cardFacts.includes(name) ? none : details[name];
  return {
    version: given('version', ''),
    name: given('name', ''),
    description: given('description', ''),
    capabilities: given('capabilities', []),
    skills: given('skills', []),
  };
}

function permanentOf(instances: readonly InstanceRecord[]): string[] {
  return instances.filter(({ leaseTtlMs }) => leaseTtlMs === undefined).map(({ endpoint }) => endpoint);
}
