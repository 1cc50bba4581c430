import { broken, kept, type Rule } from '../../rule.ts';
import type { PollerSubject } from '../poller-subject.ts';

/** A task that nobody waits for any more is no reason to stop. */
export const bearsForgottenTasks: Rule<PollerSubject> = {
  id: 'poller/bears-forgotten-tasks',
  expected: 'after a CompleteTask that was answered NOT_FOUND the next task is answered',
  async check(subject) {
    const { executor } = subject;
    await subject.firstPoll();
    const forgotten = executor.give(await subject.input());
    executor.forgotten.add(forgotten);
    await executor.until(() => executor.saidOf(forgotten).some(({ kind }) => kind !== 'heartbeat'), subject.answerMs);
    const { endings } = await subject.answered();
    if (endings.length > 0) return kept;
    return broken('the next task was not answered', 'drop what is NOT_FOUND, and poll on');
  },
};
