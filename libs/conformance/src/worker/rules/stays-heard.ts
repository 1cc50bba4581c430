import { setTimeout as delay } from 'node:timers/promises';
import { broken, kept, type Rule } from '../../rule.ts';
import { HEARTBEAT_MS } from '../fake-executor.ts';
import type { WorkerSubject } from '../worker-subject.ts';

const WATCHED_MS = 3 * HEARTBEAT_MS;
/** For a busy machine. */
const SLACK_MS = 250;

/** A worker that says nothing counts as gone. */
export const staysHeard: Rule<WorkerSubject> = {
  id: 'worker/stays-heard',
  expected: `something is said at least every heartbeat_interval (here ${HEARTBEAT_MS} ms), also without tasks`,
  async check(subject) {
    const stream = await subject.ready();
    const from = performance.now();
    await delay(WATCHED_MS);
    const moments = [from, ...stream.heardAtMs.filter((atMs) => atMs > from), performance.now()];
    const longestMs = Math.max(...moments.slice(1).map((atMs, at) => atMs - (moments[at] ?? atMs)));
    if (longestMs <= HEARTBEAT_MS + SLACK_MS) return kept;
    return broken(
      `silence for ${Math.round(longestMs)} ms`,
      'send `status` on a timer of half of registered.heartbeat_interval',
    );
  },
};
