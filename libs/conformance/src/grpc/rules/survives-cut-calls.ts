import { isEnding } from '../../ending.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { describeAnswer, valueOf, type GrpcSubject } from '../grpc-subject.ts';

const CUTS = 5;

/** Callers that leave, and deadlines, hurt nobody else. */
export const survivesCutCalls: Rule<GrpcSubject> = {
  id: 'grpc/survives-cut-calls',
  expected: `after ${CUTS} calls that were cancelled and ${CUTS} past their deadline the agent answers as before`,
  async check(subject) {
    const input = valueOf(subject.options.slowInput ?? (await subject.input()));
    const cuts = Array.from({ length: CUTS }, async (_, at) => {
      await subject.call({ input }, { signal: AbortSignal.timeout(at * 5) });
      await subject.call({ input }, { timeoutMs: 1 + at * 5 });
    });
    await Promise.all(cuts);
    const answer = await subject.ask();
    if (answer.error === undefined && isEnding(answer.events.at(-1))) return kept;
    return broken(describeAnswer(answer), 'treat a cancelled call as over: catch what it throws, free what it holds');
  },
};
