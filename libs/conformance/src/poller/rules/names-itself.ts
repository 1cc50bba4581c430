import { durationMs } from '@bufbuild/protobuf/wkt';
import { cardProblems } from '../../card-problems.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import type { PollerSubject } from '../poller-subject.ts';

const ID = /^[A-Za-z0-9_.-]{1,128}$/;
const MAX_TASKS = 100;
const MAX_WAIT_MS = 60_000;

/** A worker says who it is with every poll. */
export const namesItself: Rule<PollerSubject> = {
  id: 'poller/names-itself',
  expected: `PollTasks has a worker_id, a valid card, max_tasks of at most ${MAX_TASKS} and a wait of at most ${MAX_WAIT_MS} ms`,
  async check(subject) {
    const { request } = await subject.firstPoll();
    const problems = request.card === undefined ? ['there is no card'] : cardProblems(request.card);
    if (!ID.test(request.workerId))
      problems.push(`worker_id "${request.workerId}" is not 1 to 128 of A-Z a-z 0-9 _ . -`);
    if (request.maxTasks > MAX_TASKS) problems.push(`max_tasks is ${request.maxTasks}`);
    const waitMs = request.wait === undefined ? 0 : durationMs(request.wait);
    if (waitMs < 0 || waitMs > MAX_WAIT_MS) problems.push(`wait is ${waitMs} ms`);
    return problems.length === 0 ? kept : broken(problems.join('; '), 'see skein.worker.v1.PollTasksRequest');
  },
};
