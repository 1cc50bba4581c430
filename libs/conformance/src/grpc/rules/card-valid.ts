import { cardProblems } from '../../card-problems.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import type { GrpcSubject } from '../grpc-subject.ts';

/** The card says who the agent is. */
export const cardValid: Rule<GrpcSubject> = {
  id: 'grpc/card-valid',
  expected: 'GetCard answers a card with an agent_id, a semantic version, and skills whose ids and schemas are valid',
  async check(subject) {
    const card = await subject.card();
    if (card === undefined) return broken('an answer without a card', 'set GetCardResponse.card');
    const problems = cardProblems(card);
    return problems.length === 0 ? kept : broken(problems.join('; '), 'correct the card; see skein.agent.v1.AgentCard');
  },
};
