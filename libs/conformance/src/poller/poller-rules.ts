/** Every rule for workers that poll, in the order they are looked at. */
import type { Rule } from '../rule.ts';
import type { PollerSubject } from './poller-subject.ts';
import { answersOnce } from './rules/answers-once.ts';
import { bearsAbsence } from './rules/bears-absence.ts';
import { bearsForgottenTasks } from './rules/bears-forgotten-tasks.ts';
import { keepsLease } from './rules/keeps-lease.ts';
import { namesItself } from './rules/names-itself.ts';
import { pollsAgain } from './rules/polls-again.ts';
import { repeatsLostAnswers } from './rules/repeats-lost-answers.ts';
import { pollerStopsWhenCancelled } from './rules/stops-when-cancelled.ts';

export const POLLER_RULES: readonly Rule<PollerSubject>[] = [
  namesItself,
  pollsAgain,
  answersOnce,
  repeatsLostAnswers,
  bearsForgottenTasks,
  bearsAbsence,
  keepsLease,
  pollerStopsWhenCancelled,
];
