import { broken, kept, type Rule } from '../../rule.ts';
import { describeAnswer, type GrpcSubject } from '../grpc-subject.ts';

/** A skill that the agent has not is refused for good. */
export const unknownSkill: Rule<GrpcSubject> = {
  id: 'grpc/unknown-skill',
  expected: 'a skill_id that is not of the card is answered with the error UNKNOWN_SKILL, not retryable',
  async check(subject) {
    const answer = await subject.ask({ skillId: 'conformance.no-such-skill' });
    const last = answer.events.at(-1);
    if (last?.case === 'error' && last.value.code === 'UNKNOWN_SKILL' && !last.value.retryable) return kept;
    return broken(describeAnswer(answer), 'look at InvokeRequest.skill_id first; empty means that the agent decides');
  },
};
