import { describeHttpAnswer, isObject, type HttpAnswer } from '../../http/http-subject.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { EXECUTE_FORM, type ExecuteSubject } from '../execute-subject.ts';

const TYPE = 'skein-conformance-no-such-type';
/** Words by which the platform knows a type that the agent has not. */
const REFUSAL = /\b(unknown|unsupported|no such) (task|type|method)\b|\bmethod not found\b/i;

/** A type that the agent does not know is refused for good. */
export const unknownType: Rule<ExecuteSubject> = {
  id: 'http-execute/unknown-type',
  expected: 'a type that it does not know gets {success: false, error}, or 400, with words such as `Unknown task type`',
  async check(subject) {
    const answer = await subject.ask({ type: TYPE });
    const isRefused = answer.status === 400 || (EXECUTE_FORM.isReadable(answer) && answer.body?.['success'] === false);
    if (isRefused && REFUSAL.test(wordsOf(answer))) return kept;
    return broken(
      describeHttpAnswer(answer),
      'answer {"success": false, "error": "Unknown task type: …"}: else it is tried again',
    );
  },
};

function wordsOf({ body, text }: HttpAnswer): string {
  const error = body?.['error'];
  if (typeof error === 'string') return error;
  return isObject(error) && typeof error['message'] === 'string' ? error['message'] : text;
}
