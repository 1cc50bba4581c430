import type { RoundHistory, Rule, Violation } from './history.ts';
import { acknowledged } from './rules/acknowledged.ts';
import { cancelled } from './rules/cancelled.ts';
import { dispatched } from './rules/dispatched.ts';
import { final } from './rules/final.ts';
import { gapFree } from './rules/gap-free.ts';
import { holder } from './rules/holder.ts';
import { outbox, processes } from './rules/leftovers.ts';
import { notAgain } from './rules/not-again.ts';
import { oneRun } from './rules/one-run.ts';
import { onceOnly } from './rules/once-only.ts';
import { rightEnd } from './rules/right-end.ts';
import { sameHistory } from './rules/same-history.ts';
import { watched } from './rules/watched.ts';

/** Every promise that is checked. */
export const RULES: readonly Rule[] = [
  acknowledged,
  oneRun,
  rightEnd,
  final,
  gapFree,
  sameHistory,
  watched,
  notAgain,
  dispatched,
  onceOnly,
  holder,
  cancelled,
  outbox,
  processes,
];

/** Where a round broke a promise; empty when it kept them all. */
export function check(history: RoundHistory): Violation[] {
  return RULES.flatMap((rule) => rule.check(history));
}
