import { Code, ConnectError } from '@connectrpc/connect';
import { broken, kept, skipped, type Rule } from '../../rule.ts';
import type { GrpcSubject } from '../grpc-subject.ts';

/** Cancelling what is not there is no error. */
export const cancelIdempotent: Rule<GrpcSubject> = {
  id: 'grpc/cancel-idempotent',
  expected: 'Cancel of an unknown task answers OK, twice; or UNIMPLEMENTED',
  async check({ agent }) {
    try {
      for (let time = 1; time <= 2; time += 1) {
        await agent.cancel({ taskId: 'conformance/no-such-task', reason: 'conformance' }, { timeoutMs: 5_000 });
      }
      return kept;
    } catch (thrown) {
      const { code, rawMessage } = ConnectError.from(thrown);
      if (code === Code.Unimplemented) return skipped('the agent has no use for Cancel');
      return broken(`${Code[code]}: ${rawMessage}`, 'answer OK for tasks that are unknown or over');
    }
  },
};
