import { broken, kept, skipped, type Rule } from '../../rule.ts';
import { LEASE_MS } from '../polling-executor.ts';
import type { PollerSubject } from '../poller-subject.ts';

const WATCHED_LEASES = 2;

/** A task that is not heard of is given to somebody else. */
export const keepsLease: Rule<PollerSubject> = {
  id: 'poller/keeps-lease',
  expected: `a task that takes long is heard of at least once in each lease (here ${LEASE_MS} ms) by HeartbeatTask`,
  async check(subject) {
    const { executor, options } = subject;
    const { slowInput } = options;
    if (slowInput === undefined) return skipped('give an input that takes longer than ten seconds with --slow-input');
    await subject.firstPoll();
    const token = executor.give(slowInput);
    const saidSince = (count: number) => executor.saidOf(token).length > count;
    // The first lease begins when the task is taken, which is as good as now for a worker that polls.
    let isLate = false;
    for (let lease = 0; lease < WATCHED_LEASES && !isLate; lease += 1) {
      isLate = !(await executor.until(() => saidSince(lease), LEASE_MS + 500));
    }
    executor.takeBack();
    executor.cancelled.add(token);
    if (executor.saidOf(token).some(({ kind }) => kind !== 'heartbeat')) {
      return skipped('the slow input was answered before its lease ran out');
    }
    if (!isLate) return kept;
    return broken(
      `${executor.saidOf(token).length} heartbeats`,
      'call HeartbeatTask on a timer of a third of the lease',
    );
  },
};
