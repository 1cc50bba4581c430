import { broken, kept, type Rule } from '../../rule.ts';
import type { PollerSubject } from '../poller-subject.ts';

const ABSENCES = 3;

/** A platform that is away comes back. */
export const bearsAbsence: Rule<PollerSubject> = {
  id: 'poller/bears-absence',
  expected: `after ${ABSENCES} polls that were answered UNAVAILABLE it polls again within 10 s, and works`,
  async check(subject) {
    const { executor } = subject;
    await subject.firstPoll();
    executor.losesNext.polls = ABSENCES;
    const isThrough = await executor.until(() => executor.losesNext.polls === 0, ABSENCES * subject.pollAgainMs);
    executor.losesNext.polls = 0;
    if (!isThrough) return broken('it stopped polling', 'wait a moment after a failure, and poll again');
    const { endings } = await subject.answered();
    return endings.length > 0 ? kept : broken('the next task was not answered', 'poll again after a failure');
  },
};
