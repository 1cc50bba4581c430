import { broken, kept, type Rule } from '../../rule.ts';
import { describeSaid, type PollerSubject } from '../poller-subject.ts';

const TASKS = 3;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Each task comes to one end, under its own token. */
export const answersOnce: Rule<PollerSubject> = {
  id: 'poller/answers-once',
  expected: `each of ${TASKS} tasks is completed, or failed with a code in UPPER_SNAKE_CASE, once, with the task_token as it came`,
  async check(subject) {
    const tokens = new Set<string>();
    for (let at = 0; at < TASKS; at += 1) {
      const { token, endings } = await subject.answered();
      tokens.add(token);
      const [ending] = endings;
      if (ending === undefined) return broken('a task without an end', 'call CompleteTask or FailTask for each task');
      if (ending.kind === 'failed' && !CODE.test(ending.error?.code ?? '')) {
        return broken(
          `failed with the code "${ending.error?.code ?? ''}"`,
          'give errors a stable code such as INVALID_INPUT',
        );
      }
    }
    // Whatever is said too much comes before the next poll.
    await subject.pollsAgain();
    for (const token of tokens) {
      const endings = subject.executor.saidOf(token).filter(({ kind }) => kind !== 'heartbeat');
      if (endings.length > 1) return broken(`a task was ${describeSaid(endings)}`, 'end each task once');
    }
    return kept;
  },
};
