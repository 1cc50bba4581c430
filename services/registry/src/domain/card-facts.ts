/** What an A2A card says, as a registry keeps it of any agent. */
import type { AgentFacts } from './agent-record.ts';

/** Bounds of a skill in skein.agent.v1; what is over them is cut. */
const MAX_DESCRIPTION_LENGTH = 4096;
const MAX_TAGS = 64;

/** One skill of a card. */
export interface CardSkill {
  readonly id: string;
  readonly description: string;
  readonly tags: readonly string[];
}

/** What a card says of its agent; empty where it does not. */
export interface CardWords {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly skills: readonly CardSkill[];
}

export function factsInCard({ name, description, version, skills }: CardWords): AgentFacts {
  return {
    name,
    description,
    version,
    capabilities: skills.flatMap(({ id, tags }) => [id, ...tags]),
    skills: skills.map((skill) => ({
      skillId: skill.id,
      description: skill.description.slice(0, MAX_DESCRIPTION_LENGTH).toWellFormed(),
      tags: skill.tags.slice(0, MAX_TAGS),
    })),
  };
}
