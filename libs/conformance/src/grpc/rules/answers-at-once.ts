import { isEnding } from '../../ending.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { describeAnswer, type GrpcSubject } from '../grpc-subject.ts';

const CALLS = 8;

/** Calls do not get into each other's way. */
export const answersAtOnce: Rule<GrpcSubject> = {
  id: 'grpc/answers-at-once',
  expected: `${CALLS} calls at the same time each get their own ending`,
  async check(subject) {
    const answers = await Promise.all(Array.from({ length: CALLS }, () => subject.ask()));
    const wrong = answers.find(({ events, error }) => {
      const endings = events.filter(isEnding);
      return error !== undefined || endings.length !== 1;
    });
    return wrong === undefined ? kept : broken(describeAnswer(wrong), 'keep the state of each call apart');
  },
};
