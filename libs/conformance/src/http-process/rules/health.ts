import { broken, kept, skipped, type Rule } from '../../rule.ts';
import type { ProcessSubject } from '../process-subject.ts';

const LIMIT_MS = 1000;
const ABSENT: ReadonlySet<number> = new Set([404, 405, 501]);

/** The probe is quick. */
export const httpHealth: Rule<ProcessSubject> = {
  id: 'http-process/health',
  expected: `GET /health answers 2xx within ${LIMIT_MS} ms, where there is one`,
  async check(subject) {
    const startedAt = performance.now();
    const response = await fetch(subject.url('health'), { signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    const tookMs = Math.round(performance.now() - startedAt);
    if (ABSENT.has(response.status)) return skipped('it has no /health');
    if (!response.ok) return broken(`status ${response.status}`, 'answer 2xx while the agent takes calls');
    if (tookMs <= LIMIT_MS) return kept;
    return broken(`it took ${tookMs} ms`, 'answer from memory; look at dependencies in the background');
  },
};
