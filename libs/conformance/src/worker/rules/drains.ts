import { broken, kept, skipped, type Rule } from '../../rule.ts';
import type { WorkerSubject } from '../worker-subject.ts';

/** A worker that stops says so first. The last rule: there is no worker after it. */
export const drains: Rule<WorkerSubject> = {
  id: 'worker/drains',
  expected: 'told to stop (SIGTERM) it sends `drain`, grants no more credits, and ends its stream',
  async check(subject) {
    const { stop } = subject.options;
    if (stop === undefined) return skipped('have the kit start the worker with --command');
    const stream = await subject.ready();
    stop();
    const hasDrained = await stream.until(() => stream.messages.some((message) => message.case === 'drain'), 10_000);
    if (!hasDrained) return broken('no drain', 'send `drain` when the process is told to stop');
    const creditsThen = stream.credits;
    const hasEnded = await stream.until(() => stream.isOver, 10_000);
    if (stream.credits > creditsThen) return broken('credits after the drain', 'grant none once it drains');
    return hasEnded ? kept : broken('the stream stays open', 'end the stream when nothing is in hand');
  },
};
