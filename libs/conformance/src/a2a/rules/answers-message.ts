import { broken, kept, type Rule } from '../../rule.ts';
import { STATES } from '../a2a-dialect.ts';
import { describeRpc, lastReply, type A2aSubject } from '../a2a-subject.ts';

/** A message gets a task or a message. */
export const answersMessage: Rule<A2aSubject> = {
  id: 'a2a/answers-message',
  expected:
    'a message is answered with a task that has an id, a contextId and a state, or with a message that has parts',
  check: (subject) =>
    subject.overRpc(async (rpc) => {
      const answer = await subject.send(rpc);
      const [envelope] = answer.envelopes;
      if (envelope?.['jsonrpc'] !== '2.0' || answer.result === undefined) {
        return broken(
          describeRpc(answer),
          'answer {"jsonrpc": "2.0", "id": …, "result": …}; give an input that it takes with --input',
        );
      }
      const reply = lastReply(rpc, answer);
      const isTask = reply?.kind === 'task' && reply.id !== '' && reply.contextId !== '' && STATES.has(reply.state);
      if (isTask || (reply?.kind === 'message' && reply.hasParts)) return kept;
      return broken(describeRpc(answer), `answer as ${rpc.dialect} has it`);
    }),
};
