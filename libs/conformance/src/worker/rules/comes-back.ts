import { broken, kept, type Rule } from '../../rule.ts';
import { RESUME_MS } from '../fake-executor.ts';
import type { WorkerSubject } from '../worker-subject.ts';

/** A worker whose stream broke is the same one afterwards. */
export const comesBack: Rule<WorkerSubject> = {
  id: 'worker/comes-back',
  expected: `within ${RESUME_MS} ms of a broken stream it connects again, with its worker_id and the skein-session it was given`,
  async check(subject) {
    const before = await subject.ready();
    const session = `conformance-${subject.executor.streams.length}`;
    const after = await subject.reconnected(before);
    const problems: string[] = [];
    if (after.register.workerId !== before.register.workerId) problems.push('another worker_id');
    if (after.session !== session) problems.push(`skein-session "${after.session}" instead of "${session}"`);
    return problems.length === 0
      ? kept
      : broken(problems.join('; '), 'keep the worker_id, and send the session as metadata');
  },
};
