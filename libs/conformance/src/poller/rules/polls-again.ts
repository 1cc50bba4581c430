import { broken, kept, type Rule } from '../../rule.ts';
import type { PollerSubject } from '../poller-subject.ts';

/** A worker that does not poll counts as gone. */
export const pollsAgain: Rule<PollerSubject> = {
  id: 'poller/polls-again',
  expected: 'after an answer without tasks it polls again within 10 s, with the same worker_id',
  async check(subject) {
    const first = await subject.firstPoll();
    if (!(await subject.pollsAgain())) return broken('no further poll', 'call PollTasks in a loop');
    const last = subject.executor.polls.at(-1);
    if (last?.request.workerId === first.request.workerId) return kept;
    return broken(
      `worker_id "${last?.request.workerId}" after "${first.request.workerId}"`,
      'choose the worker_id once, when the process starts',
    );
  },
};
