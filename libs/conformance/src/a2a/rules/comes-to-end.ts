import { setTimeout as delay } from 'node:timers/promises';
import { isObject } from '../../http/http-subject.ts';
import { broken, kept, skipped, type Rule } from '../../rule.ts';
import { isEndState, taskOf } from '../a2a-dialect.ts';
import { describeRpc, lastReply, type A2aSubject } from '../a2a-subject.ts';

const LIMIT_MS = 20_000;
const PAUSE_MS = 100;
const GOOD: ReadonlySet<string> = new Set(['completed', 'input-required', 'auth-required']);

/** What was begun is found again, and ends. */
export const comesToEnd: Rule<A2aSubject> = {
  id: 'a2a/comes-to-end',
  expected: `a task can be asked for by its id until it is completed, or asks for something, within ${LIMIT_MS} ms`,
  check: (subject) =>
    subject.overRpc(async (rpc) => {
      const sent = lastReply(rpc, await subject.send(rpc));
      if (sent?.kind !== 'task') return skipped('it answers with a message');
      const deadline = performance.now() + LIMIT_MS;
      for (;;) {
        const answer = await subject.about(rpc, 'get', sent.id);
        const task = isObject(answer.result) ? taskOf(answer.result) : undefined;
        if (task?.id !== sent.id) return broken(describeRpc(answer), 'keep tasks, and answer GetTask with the task');
        if (GOOD.has(task.state)) return kept;
        if (isEndState(task.state)) {
          return broken(`it ended ${task.state}`, 'give an input that the agent takes with --input');
        }
        if (performance.now() >= deadline) return broken(`it is ${task.state} still`, 'see the log of the agent');
        await delay(PAUSE_MS);
      }
    }),
};
