import { broken, kept, type Rule } from '../../rule.ts';
import { describeRpc, type A2aSubject } from '../a2a-subject.ts';

const CUTS = 5;

/** Callers that leave hurt nobody else. */
export const a2aSurvivesCutCalls: Rule<A2aSubject> = {
  id: 'a2a/survives-cut-calls',
  expected: `after ${CUTS} messages whose connection was closed the next one is answered`,
  check: (subject) =>
    subject.overRpc(async (rpc) => {
      const cuts = Array.from({ length: CUTS }, (_, at) =>
        // How a cut call ends is of no interest.
        subject.send(rpc, 'send', undefined, AbortSignal.timeout(1 + at * 5)).catch(() => undefined),
      );
      await Promise.all(cuts);
      const answer = await subject.send(rpc);
      if (answer.result !== undefined || answer.errorCode !== undefined) return kept;
      return broken(describeRpc(answer), 'treat a closed connection as the end of its call alone');
    }),
};
