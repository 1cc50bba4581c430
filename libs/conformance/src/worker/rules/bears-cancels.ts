import { broken, kept, type Rule } from '../../rule.ts';
import { hasEnding, type WorkerSubject } from '../worker-subject.ts';

/** Cancels of tasks that are unknown or over are no error. */
export const bearsCancels: Rule<WorkerSubject> = {
  id: 'worker/bears-cancels',
  expected: 'a cancel of an unknown task, and of one that is over, changes nothing: the next task is answered',
  async check(subject) {
    const stream = await subject.ready();
    const { task } = await subject.answered(stream);
    for (const taskId of ['conformance/no-such-task', task.taskId]) {
      stream.send({ message: { case: 'cancel', value: { taskId, reason: 'conformance' } } });
    }
    const { events } = await subject.answered(stream);
    if (hasEnding(events)) return kept;
    return broken(
      stream.isOver ? 'the stream ended' : 'the next task was not answered',
      'ignore cancels of tasks that are not in hand',
    );
  },
};
