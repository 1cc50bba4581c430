/** Every rule for workers, in the order they are looked at. */
import type { Rule } from '../rule.ts';
import { bearsCancels } from './rules/bears-cancels.ts';
import { comesBack } from './rules/comes-back.ts';
import { drains } from './rules/drains.ts';
import { forgetsAcknowledged } from './rules/forgets-acknowledged.ts';
import { grantsCredits } from './rules/grants-credits.ts';
import { numbersEvents } from './rules/numbers-events.ts';
import { registers } from './rules/registers.ts';
import { resumes } from './rules/resumes.ts';
import { staysHeard } from './rules/stays-heard.ts';
import { takesOver } from './rules/takes-over.ts';
import type { WorkerSubject } from './worker-subject.ts';

export const WORKER_RULES: readonly Rule<WorkerSubject>[] = [
  registers,
  grantsCredits,
  numbersEvents,
  staysHeard,
  comesBack,
  resumes,
  takesOver,
  forgetsAcknowledged,
  bearsCancels,
  drains,
];
