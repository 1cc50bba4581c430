import { compileSchema } from '@skein/domain';
import type { Skill } from '@skein/contracts/agent';
import { broken, kept, type Rule } from '../../rule.ts';
import type { GrpcSubject } from '../grpc-subject.ts';

const ID = /^[A-Za-z0-9_.-]{1,128}$/;
const SEMANTIC_VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const MAX_SKILLS = 256;

/** The card says who the agent is. */
export const cardValid: Rule<GrpcSubject> = {
  id: 'grpc/card-valid',
  expected: 'GetCard answers a card with an agent_id, a semantic version, and skills whose ids and schemas are valid',
  async check(subject) {
    const card = await subject.card();
    if (card === undefined) return broken('an answer without a card', 'set GetCardResponse.card');
    const problems = [
      ...(ID.test(card.agentId) ? [] : [`agent_id "${card.agentId}" is not 1 to 128 of A-Z a-z 0-9 _ . -`]),
      ...(SEMANTIC_VERSION.test(card.version) ? [] : [`version "${card.version}" is not semantic, such as 1.4.0`]),
      ...(card.skills.length <= MAX_SKILLS ? [] : [`${card.skills.length} skills are more than ${MAX_SKILLS}`]),
      ...(new Set(card.skills.map(({ skillId }) => skillId)).size === card.skills.length
        ? []
        : ['two skills have the same skill_id']),
      ...card.skills.flatMap(skillProblems),
    ];
    return problems.length === 0 ? kept : broken(problems.join('; '), 'correct the card; see skein.agent.v1.AgentCard');
  },
};

function skillProblems({ skillId, inputSchema, outputSchema }: Skill): string[] {
  const problems = ID.test(skillId) ? [] : [`skill_id "${skillId}" is not 1 to 128 of A-Z a-z 0-9 _ . -`];
  for (const [name, schema] of Object.entries({ input_schema: inputSchema, output_schema: outputSchema })) {
    const compiled = schema === undefined ? undefined : compileSchema(schema);
    if (compiled !== undefined && 'reason' in compiled) problems.push(`${name} of ${skillId}: ${compiled.reason}`);
  }
  return problems;
}
