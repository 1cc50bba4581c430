import { broken, kept, type Rule } from '../../rule.ts';
import { describeProcessAnswer, type ProcessSubject } from '../process-subject.ts';

/** What is no request is refused for good. */
export const refusesGarbage: Rule<ProcessSubject> = {
  id: 'http-process/refuses-garbage',
  expected: 'a body that is not JSON is answered 4xx: 5xx would be tried again',
  async check(subject) {
    const answer = await subject.post('{"input": ');
    if (answer.status >= 400 && answer.status < 500) return kept;
    return broken(describeProcessAnswer(answer), 'answer 400 where the body cannot be read');
  },
};
