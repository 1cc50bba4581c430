import { broken, kept, type Rule } from '../../rule.ts';
import { describeAnswer, type GrpcSubject } from '../grpc-subject.ts';

/** The input that is good, by the agent's own word, is taken. */
export const takesInput: Rule<GrpcSubject> = {
  id: 'grpc/takes-input',
  expected:
    'an input that fits the card’s input_schema (or the one given with --input) is answered with a result or a question',
  async check(subject) {
    const answer = await subject.ask();
    const ending = answer.events.at(-1)?.case;
    if (ending === 'result' || ending === 'question') return kept;
    const input = JSON.stringify(await subject.input());
    return broken(
      `for ${input}: ${describeAnswer(answer)}`,
      'give an input that the agent takes with --input, or correct its input_schema',
    );
  },
};
