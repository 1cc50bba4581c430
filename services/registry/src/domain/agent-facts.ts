/** Which facts about an agent hold: those of its registration, then those it tells, then those it told before. */
import { valid as isSemanticVersion } from 'semver';
import type { JsonObject } from '@bufbuild/protobuf';
import type { AgentDetails, AgentFacts, FactName } from './agent-record.ts';
import { NO_VERSION } from './agent-version.ts';
import { isStorableJson } from './storable-json.ts';

/** Bounds of what is kept of an agent, in characters and entries. */
export const FACT_LIMITS = Object.freeze({
  name: 256,
  description: 4096,
  capability: 128,
  capabilities: 256,
  skills: 256,
  skillBytes: 256 * 1024,
});

const FACT_NAMES: readonly FactName[] = ['version', 'name', 'description', 'capabilities', 'skills'];

/** An agent that says nothing about itself. */
export const NO_FACTS: AgentFacts = Object.freeze({
  version: '',
  name: '',
  description: '',
  capabilities: [],
  skills: [],
});

/** Whether a text is a semantic version as it is written, without a leading `v`. */
export function isVersion(text: string): boolean {
  return /^\d/.test(text) && isSemanticVersion(text) !== null;
}

/** Words to find an agent by: sorted, without repeats. */
export function capabilityWords(words: Iterable<string>): string[] {
  return [...new Set(words)].toSorted();
}

/** What an agent said, within the bounds of what is kept; what is malformed counts as not said. */
export function keptFacts(said: AgentFacts): AgentFacts {
  const words = said.capabilities.filter(
    (word) => word !== '' && word.length <= FACT_LIMITS.capability && isText(word),
  );
  return {
    version: isVersion(said.version) ? said.version : '',
    name: textUpTo(said.name, FACT_LIMITS.name),
    description: textUpTo(said.description, FACT_LIMITS.description),
    capabilities: capabilityWords(words).slice(0, FACT_LIMITS.capabilities),
    skills: keptSkills(said.skills),
  };
}

/** The facts that hold, and which of them follow the agent's own words. */
export function settleFacts(
  given: AgentFacts,
  told: AgentFacts | undefined,
  before: AgentDetails | undefined,
): AgentFacts & Pick<AgentDetails, 'cardFacts'> {
  const cardFacts = FACT_NAMES.filter((name) => given[name].length === 0);
  // While the agent does not answer, what it told before still holds.
  const source = told ?? toldBefore(before);
  const pick = <Name extends FactName>(name: Name): AgentFacts[Name] =>
    cardFacts.includes(name) ? source[name] : given[name];
  return {
    version: pick('version') || NO_VERSION,
    name: pick('name'),
    description: pick('description'),
    capabilities: pick('capabilities'),
    skills: pick('skills'),
    cardFacts,
  };
}

function toldBefore(before: AgentDetails | undefined): AgentFacts {
  if (before === undefined) return NO_FACTS;
  const recall = <Name extends FactName>(name: Name): AgentFacts[Name] =>
    before.cardFacts.includes(name) ? before[name] : NO_FACTS[name];
  return {
    version: recall('version'),
    name: recall('name'),
    description: recall('description'),
    capabilities: recall('capabilities'),
    skills: recall('skills'),
  };
}

/** All skills, or none: half of what an agent can do would mislead. */
function keptSkills(skills: readonly JsonObject[]): readonly JsonObject[] {
  const json = JSON.stringify(skills);
  const fits = skills.length <= FACT_LIMITS.skills && Buffer.byteLength(json) <= FACT_LIMITS.skillBytes;
  return fits && isStorableJson(json) ? skills : [];
}

const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

function textUpTo(text: string, maxLength: number): string {
  if (!isText(text)) return '';
  const cut = text.slice(0, maxLength);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
