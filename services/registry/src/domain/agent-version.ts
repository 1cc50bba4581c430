/** The versions of an agent: their order, and which of them an endpoint is of. */
import { compare, satisfies, validRange } from 'semver';
import type { AgentRecord, AgentVersionRecord, InstanceRecord } from './agent-record.ts';

/** The version of an agent that is said nothing of. */
export const NO_VERSION = '0.0.0';

/** Versions from the newest to the oldest; those of the same precedence by their text. */
export function newestFirst<Version extends { readonly version: string }>(versions: readonly Version[]): Version[] {
  return versions.toSorted((a, b) => compare(b.version, a.version) || (a.version < b.version ? 1 : -1));
}

/** Whether a version is older than another. */
export function isOlder(version: string, than: string): boolean {
  return compare(version, than) < 0;
}

/** Whether a text is a range of semantic versions. */
export function isRange(range: string): boolean {
  return validRange(range) !== null;
}

/** Whether a version is in a range; an empty range holds every version. */
export function inRange(version: string, range: string): boolean {
  return range === '' || satisfies(version, range);
}

/** The version with this number; undefined: the agent has none. */
export function versionOf(agent: AgentRecord | undefined, version: string): AgentVersionRecord | undefined {
  return agent?.versions.find((known) => known.version === version);
}

/** The instance at an endpoint; undefined: the agent has none there. */
export function instanceAt(agent: AgentRecord | undefined, endpoint: string): InstanceRecord | undefined {
  return agent?.instances.find((instance) => instance.endpoint === endpoint);
}
