import { broken, kept, skipped, type Rule } from '../../rule.ts';
import { unfittingInput } from '../../sample-input.ts';
import { describeAnswer, valueOf, type GrpcSubject } from '../grpc-subject.ts';

/** An input that the agent's own schema refuses is refused for good. */
export const invalidInput: Rule<GrpcSubject> = {
  id: 'grpc/invalid-input',
  expected: 'an input that does not fit the input_schema is answered with the error INVALID_INPUT, not retryable',
  async check(subject) {
    const skill = (await subject.card())?.skills.find(({ inputSchema }) => inputSchema !== undefined);
    if (skill?.inputSchema === undefined) return skipped('the card has no input_schema');
    const input = unfittingInput(skill.inputSchema);
    if (input === undefined) return skipped('nothing was found that the input_schema refuses');
    const answer = await subject.ask({ skillId: skill.skillId, input: valueOf(input) });
    const last = answer.events.at(-1);
    if (last?.case === 'error' && last.value.code === 'INVALID_INPUT' && !last.value.retryable) return kept;
    return broken(
      `for ${JSON.stringify(input)}: ${describeAnswer(answer)}`,
      'check the input against the schema before the work',
    );
  },
};
