import { describeHttpAnswer, isSuccess } from '../../http/http-subject.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { EXECUTE_FORM, type ExecuteForm, type ExecuteSubject } from '../execute-subject.ts';

const MENDS: Readonly<Record<ExecuteForm, string>> = {
  full: 'answer {"success": true, "data": …}, and ignore members that you do not know; else have it registered with `execute_form: minimal` in its config. Name a type that it knows with --task-type, an input with --input',
  minimal: 'take a task that has neither id nor context',
};

/** A task in one of its forms gets an answer that the platform can read. */
const answers = (form: ExecuteForm, id: string, words: string): Rule<ExecuteSubject> => ({
  id,
  expected: `POST /execute with ${words} answers 2xx, application/json, and {success: true, data}`,
  async check(subject) {
    const answer = await subject.ask({ form });
    if (isSuccess(answer) && EXECUTE_FORM.isReadable(answer) && answer.body?.['success'] === true) return kept;
    return broken(describeHttpAnswer(answer), MENDS[form]);
  },
});

export const answersFullForm = answers('full', 'http-execute/answers-full-form', '{id, type, payload, context}');
export const answersMinimalForm = answers('minimal', 'http-execute/answers-minimal-form', '{type, payload} alone');
