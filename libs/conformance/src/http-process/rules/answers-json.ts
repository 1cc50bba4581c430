import { broken, kept, type Rule } from '../../rule.ts';
import { describeProcessAnswer, isReadable, type ProcessSubject } from '../process-subject.ts';

/** The answer is one that the platform can read. */
export const answersJson: Rule<ProcessSubject> = {
  id: 'http-process/answers-json',
  expected: 'POST /process answers 2xx, application/json, and an object with `output`',
  async check(subject) {
    const answer = await subject.ask();
    const isGood = answer.status >= 200 && answer.status < 300 && isReadable(answer);
    if (isGood && answer.body !== undefined && 'output' in answer.body) return kept;
    return broken(
      describeProcessAnswer(answer),
      'answer {"output": …}; give an input that the agent takes with --input',
    );
  },
};
