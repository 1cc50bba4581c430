import { isEnding } from '../../ending.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { describeAnswer, valueOf, type GrpcSubject } from '../grpc-subject.ts';

const SIZE_BYTES = 1024 * 1024 - 2;

/** The largest input of the platform arrives. */
export const largeInput: Rule<GrpcSubject> = {
  id: 'grpc/large-input',
  expected:
    'a text of 1 MiB is answered with a result, an InvokeError or a question, not with a status of the transport',
  async check(subject) {
    const answer = await subject.call({ input: valueOf('x'.repeat(SIZE_BYTES)) });
    if (answer.error === undefined && isEnding(answer.events.at(-1))) return kept;
    return broken(
      describeAnswer(answer),
      'let the server take messages of 4 MiB; refuse inputs that are too long as INVALID_INPUT',
    );
  },
};
