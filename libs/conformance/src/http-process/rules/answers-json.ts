import { describeHttpAnswer, isJson, isSuccess } from '../../http/http-subject.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import type { ProcessSubject } from '../process-subject.ts';

/** The answer is one that the platform can read. */
export const answersJson: Rule<ProcessSubject> = {
  id: 'http-process/answers-json',
  expected: 'POST /process answers 2xx, application/json, and an object with `output`',
  async check(subject) {
    const answer = await subject.ask();
    if (isSuccess(answer) && isJson(answer) && answer.body !== undefined && 'output' in answer.body) return kept;
    return broken(describeHttpAnswer(answer), 'answer {"output": …}; give an input that the agent takes with --input');
  },
};
