import { broken, kept, type Rule } from '../../rule.ts';
import { describeProcessAnswer, type ProcessSubject } from '../process-subject.ts';

const SIZE_BYTES = 1024 * 1024 - 2;

/** The largest input of the platform arrives. */
export const httpLargeInput: Rule<ProcessSubject> = {
  id: 'http-process/large-input',
  expected:
    'a text of 1 MiB (which stands in the body twice) is answered with a JSON object, not 413 and not a broken connection',
  async check(subject) {
    const answer = await subject.ask('x'.repeat(SIZE_BYTES));
    if (answer.status !== 413 && answer.status < 500 && answer.body !== undefined) return kept;
    return broken(
      describeProcessAnswer(answer),
      'let the server take bodies of 4 MiB; refuse texts that are too long with 422',
    );
  },
};
