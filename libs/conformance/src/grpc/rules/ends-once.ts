import { isEnding } from '../../ending.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { describeAnswer, type GrpcSubject } from '../grpc-subject.ts';

/** Every invocation ends with one result or one error. */
export const endsOnce: Rule<GrpcSubject> = {
  id: 'grpc/ends-once',
  expected: 'Invoke streams exactly one result, error or question, last, and ends with OK',
  async check(subject) {
    const answer = await subject.ask();
    const { events, error } = answer;
    const endings = events.filter(isEnding).length;
    const isLast = isEnding(events.at(-1));
    if (error !== undefined) {
      return broken(describeAnswer(answer), 'end the stream with OK after a Result; say failures as an InvokeError');
    }
    if (events.some((event) => event.case === undefined)) {
      return broken(
        'an InvokeResponse without an event',
        'set one of delta, state, heartbeat, result, error and question',
      );
    }
    if (endings === 1 && isLast) return kept;
    return broken(
      `${endings} results, errors and questions; ${describeAnswer(answer)}`,
      'send one, as the last message',
    );
  },
};
