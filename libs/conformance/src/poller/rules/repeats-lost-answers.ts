import { toJsonString } from '@bufbuild/protobuf';
import { InvokeErrorSchema, ResultSchema } from '@skein/contracts/agent';
import { broken, kept, type Rule } from '../../rule.ts';
import type { Said } from '../polling-executor.ts';
import type { PollerSubject } from '../poller-subject.ts';

/** An ending whose answer was lost is said again. */
export const repeatsLostAnswers: Rule<PollerSubject> = {
  id: 'poller/repeats-lost-answers',
  expected:
    'a CompleteTask or FailTask that was answered UNAVAILABLE is made again, with the same token and the same content',
  async check(subject) {
    await subject.firstPoll();
    subject.executor.losesNext.endings = 1;
    const { endings } = await subject.answered(2);
    subject.executor.losesNext.endings = 0;
    const [first, second] = endings;
    if (first === undefined || second === undefined) {
      return broken('it was not made again', 'make it again until it is answered, for as long as the lease runs');
    }
    if (contentOf(first) === contentOf(second)) return kept;
    return broken(`first ${contentOf(first)}, then ${contentOf(second)}`, 'keep the answer; do not do the work again');
  },
};

function contentOf({ kind, result, error }: Said): string {
  if (error !== undefined) return `${kind} ${toJsonString(InvokeErrorSchema, error)}`;
  return `${kind} ${result === undefined ? 'null' : toJsonString(ResultSchema, result)}`;
}
