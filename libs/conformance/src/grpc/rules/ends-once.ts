import { broken, kept, type Rule } from '../../rule.ts';
import { describeAnswer, type GrpcSubject } from '../grpc-subject.ts';

/** Every invocation ends with one result or one error. */
export const endsOnce: Rule<GrpcSubject> = {
  id: 'grpc/ends-once',
  expected: 'Invoke streams exactly one result or error, last, and ends with OK',
  async check(subject) {
    const answer = await subject.ask();
    const { events, error } = answer;
    const endings = events.filter((event) => event.case === 'result' || event.case === 'error').length;
    const isLast = events.at(-1)?.case === 'result' || events.at(-1)?.case === 'error';
    if (error !== undefined) {
      return broken(describeAnswer(answer), 'end the stream with OK after a Result; say failures as an InvokeError');
    }
    if (events.some((event) => event.case === undefined)) {
      return broken('an InvokeResponse without an event', 'set one of delta, state, heartbeat, result and error');
    }
    if (endings === 1 && isLast) return kept;
    return broken(`${endings} results and errors; ${describeAnswer(answer)}`, 'send one, as the last message');
  },
};
