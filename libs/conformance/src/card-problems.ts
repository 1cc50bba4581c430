import type { AgentCard, Skill } from '@skein/contracts/agent';
import { compileSchema } from '@skein/domain';

const ID = /^[A-Za-z0-9_.-]{1,128}$/;
const SEMANTIC_VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const MAX_SKILLS = 256;

/** Everything that is wrong with a card. */
export function cardProblems(card: AgentCard): string[] {
  const ids = new Set(card.skills.map(({ skillId }) => skillId));
  return [
    ...(ID.test(card.agentId) ? [] : [`agent_id "${card.agentId}" is not 1 to 128 of A-Z a-z 0-9 _ . -`]),
    ...(SEMANTIC_VERSION.test(card.version) ? [] : [`version "${card.version}" is not semantic, such as 1.4.0`]),
    ...(card.skills.length <= MAX_SKILLS ? [] : [`${card.skills.length} skills are more than ${MAX_SKILLS}`]),
    ...(ids.size === card.skills.length ? [] : ['two skills have the same skill_id']),
    ...card.skills.flatMap(skillProblems),
  ];
}

function skillProblems({ skillId, inputSchema, outputSchema }: Skill): string[] {
  const problems = ID.test(skillId) ? [] : [`skill_id "${skillId}" is not 1 to 128 of A-Z a-z 0-9 _ . -`];
  for (const [name, schema] of Object.entries({ input_schema: inputSchema, output_schema: outputSchema })) {
    const compiled = schema === undefined ? undefined : compileSchema(schema);
    if (compiled !== undefined && 'reason' in compiled) problems.push(`${name} of ${skillId}: ${compiled.reason}`);
  }
  return problems;
}
