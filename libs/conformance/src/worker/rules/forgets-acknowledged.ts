import { broken, kept, type Rule } from '../../rule.ts';
import type { WorkerSubject } from '../worker-subject.ts';

/** What is done and heard is over. */
export const forgetsAcknowledged: Rule<WorkerSubject> = {
  id: 'worker/forgets-acknowledged',
  expected: 'a task whose last event was acknowledged is not named any more after a broken stream',
  async check(subject) {
    const before = await subject.ready();
    const { task } = await subject.answered(before);
    // Whatever it says next, it says after it has heard the acknowledgement.
    const said = before.messages.length;
    await before.until(() => before.messages.length > said + 1, 5_000);
    const { register } = await subject.reconnected(before);
    if (!register.running.some(({ taskId }) => taskId === task.taskId)) return kept;
    return broken('register.running names it', 'forget a task when its last event is acknowledged');
  },
};
