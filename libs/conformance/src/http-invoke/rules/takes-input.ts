import { isObject } from '../../http/http-subject.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { eventsOf, type InvokeSubject } from '../invoke-subject.ts';

/** An input that the agent takes gets an answer, and the answer is a text. */
export const invokeTakesInput: Rule<InvokeSubject> = {
  id: 'http-invoke-sse/takes-input',
  expected:
    'the input (or the one given with --input) ends with `done`, whose final_message is a text or a chat message, or left out',
  async check(subject) {
    const last = eventsOf(await subject.ask()).at(-1);
    if (last?.event !== 'done') {
      return broken(
        `${last?.event ?? 'no event'}: ${last?.text ?? ''}`,
        'give an input that the agent takes with --input',
      );
    }
    const final = last.data?.['final_message'];
    const isText = typeof final === 'string' || (isObject(final) && typeof final['content'] === 'string');
    if (final === undefined || isText) return kept;
    return broken(`final_message ${JSON.stringify(final).slice(0, 200)}`, 'answer {"final_message": "…"}');
  },
};
