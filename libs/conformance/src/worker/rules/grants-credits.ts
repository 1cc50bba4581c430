import { broken, kept, type Rule } from '../../rule.ts';
import type { WorkerSubject } from '../worker-subject.ts';

const TASKS = 3;

/** Without credits no task comes. */
export const grantsCredits: Rule<WorkerSubject> = {
  id: 'worker/grants-credits',
  expected: `credits come once it is registered, and again for each task that is done: ${TASKS} tasks go through one after the other`,
  async check(subject) {
    const stream = await subject.ready();
    for (let done = 0; done < TASKS; done += 1) {
      if (!(await stream.until(() => stream.credits > done, 5_000))) {
        return broken(
          `${stream.credits} credits in all, with ${done} tasks done`,
          'grant a credit when a task has ended',
        );
      }
      await subject.answered(stream);
    }
    return kept;
  },
};
