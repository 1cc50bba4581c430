import { cardProblems } from '../../card-problems.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import type { WorkerSubject } from '../worker-subject.ts';

const ID = /^[A-Za-z0-9_.-]{1,128}$/;

/** A worker says who it is. */
export const registers: Rule<WorkerSubject> = {
  id: 'worker/registers',
  expected: 'the first message is `register`, with a worker_id and a valid card, and names no tasks yet',
  async check(subject) {
    const { register } = await subject.stream();
    const problems = register.card === undefined ? ['there is no card'] : cardProblems(register.card);
    if (!ID.test(register.workerId))
      problems.push(`worker_id "${register.workerId}" is not 1 to 128 of A-Z a-z 0-9 _ . -`);
    if (register.running.length > 0) problems.push(`${register.running.length} tasks are named that nobody gave out`);
    return problems.length === 0 ? kept : broken(problems.join('; '), 'see skein.worker.v1.Register');
  },
};
