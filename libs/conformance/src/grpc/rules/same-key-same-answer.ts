import { randomUUID } from 'node:crypto';
import { broken, kept, skipped, type Rule } from '../../rule.ts';
import { describeAnswer, type GrpcSubject } from '../grpc-subject.ts';

/** Work that comes again is answered as before. */
export const sameKeySameAnswer: Rule<GrpcSubject> = {
  id: 'grpc/same-key-same-answer',
  expected: 'the same idempotency_key, one after the other and at the same time, is answered the same',
  async check(subject) {
    if (subject.options.isIdempotent !== true) return skipped('say --idempotent where the agent remembers keys');
    const idempotencyKey = `${randomUUID()}/node/1`;
    const deliver = (dispatch: number) =>
      subject.ask({ idempotencyKey, dispatch, taskId: `${idempotencyKey}/${dispatch}` });
    const answers = await Promise.all([deliver(1), deliver(2)]);
    answers.push(await deliver(3));
    const words = new Set(answers.map(describeAnswer));
    if (words.size === 1) return kept;
    return broken(
      [...words].join(' | '),
      'remember the result by its idempotency_key for 24 hours; let a second delivery join the first',
    );
  },
};
