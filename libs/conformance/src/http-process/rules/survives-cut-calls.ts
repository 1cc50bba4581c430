import { broken, kept, type Rule } from '../../rule.ts';
import { describeProcessAnswer, isReadable, type ProcessSubject } from '../process-subject.ts';

const CUTS = 5;

/** Callers that leave hurt nobody else. */
export const httpSurvivesCutCalls: Rule<ProcessSubject> = {
  id: 'http-process/survives-cut-calls',
  expected: `after ${CUTS} calls whose connection was closed the next one is answered`,
  async check(subject) {
    const cuts = Array.from({ length: CUTS }, (_, at) =>
      // How a cut call ends is of no interest.
      subject.ask(undefined, AbortSignal.timeout(1 + at * 5)).catch(() => undefined),
    );
    await Promise.all(cuts);
    const answer = await subject.ask();
    if (answer.status < 500 && isReadable(answer)) return kept;
    return broken(describeProcessAnswer(answer), 'treat a closed connection as the end of its call alone');
  },
};
