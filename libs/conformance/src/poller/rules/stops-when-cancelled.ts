import { broken, kept, skipped, type Rule } from '../../rule.ts';
import { LEASE_MS } from '../polling-executor.ts';
import { describeSaid, type PollerSubject } from '../poller-subject.ts';

/** Work that nobody wants any more ends. */
export const pollerStopsWhenCancelled: Rule<PollerSubject> = {
  id: 'poller/stops-when-cancelled',
  expected:
    'a task whose HeartbeatTask was answered `cancelled` is not heard of any more, and the next task is answered',
  async check(subject) {
    const { executor, options } = subject;
    const { slowInput } = options;
    if (slowInput === undefined) return skipped('give an input that takes longer than ten seconds with --slow-input');
    await subject.firstPoll();
    const token = executor.give(slowInput);
    executor.cancelled.add(token);
    const isHeard = await executor.until(() => executor.saidOf(token).length > 0, 2 * LEASE_MS);
    executor.takeBack();
    if (!isHeard) return skipped('it sends no heartbeats: see poller/keeps-lease');
    if (executor.saidOf(token)[0]?.kind !== 'heartbeat') return skipped('the slow input was answered at once');
    await executor.until(() => executor.saidOf(token).length > 1, LEASE_MS);
    const more = executor.saidOf(token).slice(1);
    if (more.length > 0)
      return broken(`after it ${describeSaid(more)}`, 'stop working when HeartbeatTask says cancelled');
    const { endings } = await subject.answered();
    return endings.length > 0 ? kept : broken('the next task was not answered', 'free what the task held, and poll on');
  },
};
