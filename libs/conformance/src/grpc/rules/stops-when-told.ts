import { randomUUID } from 'node:crypto';
import { Code, ConnectError } from '@connectrpc/connect';
import { broken, kept, skipped, type Rule } from '../../rule.ts';
import { describeAnswer, valueOf, type GrpcSubject } from '../grpc-subject.ts';

const BEFORE_MS = 500;
const LIMIT_MS = 2_000;

/** Cancel ends the call that it names. */
export const stopsWhenTold: Rule<GrpcSubject> = {
  id: 'grpc/stops-when-told',
  expected: `a call whose task is cancelled ends within ${LIMIT_MS} ms`,
  async check(subject) {
    const { slowInput } = subject.options;
    if (slowInput === undefined) return skipped('give an input that takes longer than two seconds with --slow-input');
    const taskId = `${randomUUID()}/node/1/1`;
    const call = subject.call({ taskId, input: valueOf(slowInput) });
    const early = await Promise.race([call, after(BEFORE_MS)]);
    if (early !== undefined) return skipped(`the slow input was answered within ${BEFORE_MS} ms`);
    try {
      await subject.agent.cancel({ taskId, reason: 'conformance' }, { timeoutMs: LIMIT_MS });
    } catch (thrown) {
      const { code, rawMessage } = ConnectError.from(thrown);
      if (code === Code.Unimplemented) return skipped('the agent has no use for Cancel');
      return broken(`Cancel: ${Code[code]}: ${rawMessage}`, 'answer Cancel with OK');
    }
    const answer = await Promise.race([call, after(LIMIT_MS)]);
    if (answer === undefined) return broken('it goes on', 'stop the work when Cancel names its task_id');
    if (answer.events.at(-1)?.case !== 'result') return kept;
    return broken(describeAnswer(answer), 'end a cancelled call without a result');
  },
};

/** Undefined after that time. */
function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => void setTimeout(() => resolve(undefined), ms).unref());
}
