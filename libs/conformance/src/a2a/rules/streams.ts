import { broken, kept, skipped, type Rule } from '../../rule.ts';
import { isEndState, replyOf, type Reply } from '../a2a-dialect.ts';
import { describeRpc, type A2aSubject } from '../a2a-subject.ts';

/** What the card promises of streams holds. */
export const streams: Rule<A2aSubject> = {
  id: 'a2a/streams',
  expected:
    'where the card says streaming, a message is answered with events of tasks, statuses, artifacts or a message, to a state that ends it',
  check: (subject) =>
    subject.overRpc(async (rpc) => {
      if (!(await subject.card()).card.streaming) return skipped('its card does not say that it streams');
      const answer = await subject.send(rpc, 'stream');
      if (!answer.http.contentType.startsWith('text/event-stream')) {
        return broken(describeRpc(answer), 'answer with text/event-stream, or leave `streaming` out of the card');
      }
      const replies = answer.envelopes.map(({ result }) => replyOf(rpc.dialect, result));
      if (replies.length === 0 || replies.includes(undefined)) {
        return broken(describeRpc(answer), `write each event as a JSON-RPC response of ${rpc.dialect}`);
      }
      if (replies.some(isOver)) return kept;
      return broken(
        `${replies.length} events, the last a ${replies.at(-1)?.kind}`,
        'end the stream with a status that is an end, or with a message',
      );
    }),
};

function isOver(reply: Reply | undefined): boolean {
  if (reply?.kind === 'message') return true;
  return (reply?.kind === 'task' || reply?.kind === 'status') && isEndState(reply.state);
}
