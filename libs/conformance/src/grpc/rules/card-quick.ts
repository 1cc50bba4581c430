import { toJsonString } from '@bufbuild/protobuf';
import { GetCardResponseSchema } from '@skein/contracts/agent';
import { broken, kept, type Rule } from '../../rule.ts';
import type { GrpcSubject } from '../grpc-subject.ts';

const TIMES = 10;
const LIMIT_MS = 1000;

/** The card is the probe of an agent without a health service. */
export const cardQuick: Rule<GrpcSubject> = {
  id: 'grpc/card-quick',
  expected: `GetCard answers within ${LIMIT_MS} ms, ${TIMES} times the same`,
  async check(subject) {
    const answers = new Set<string>();
    for (let time = 1; time <= TIMES; time += 1) {
      const startedAt = performance.now();
      answers.add(toJsonString(GetCardResponseSchema, await subject.agent.getCard({})));
      const tookMs = Math.round(performance.now() - startedAt);
      if (tookMs > LIMIT_MS)
        return broken(`call ${time} took ${tookMs} ms`, 'make the card once, and answer it from memory');
    }
    if (answers.size === 1) return kept;
    return broken(`${answers.size} different cards`, 'answer the same card while the agent behaves the same');
  },
};
