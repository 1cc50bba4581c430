import type { RoundHistory, Rule, Violation } from './history.ts';
import { acknowledged } from './rules/acknowledged.ts';
import { answered } from './rules/answered.ts';
import { called } from './rules/called.ts';
import { cancelled } from './rules/cancelled.ts';
import { children } from './rules/children.ts';
import { crowded } from './rules/crowded.ts';
import { deleted } from './rules/deleted.ts';
import { dispatched } from './rules/dispatched.ts';
import { everyItem } from './rules/every-item.ts';
import { final } from './rules/final.ts';
import { gapFree } from './rules/gap-free.ts';
import { holder } from './rules/holder.ts';
import { outbox, processes } from './rules/leftovers.ts';
import { limited } from './rules/limited.ts';
import { notAgain } from './rules/not-again.ts';
import { onSchedule } from './rules/on-schedule.ts';
import { oneRun } from './rules/one-run.ts';
import { onceOnly } from './rules/once-only.ts';
import { paused } from './rules/paused.ts';
import { resumed } from './rules/resumed.ts';
import { reused } from './rules/reused.ts';
import { rightEnd } from './rules/right-end.ts';
import { sameHistory } from './rules/same-history.ts';
import { signalled } from './rules/signalled.ts';
import { undone } from './rules/undone.ts';
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
  children,
  everyItem,
  undone,
  reused,
  called,
  signalled,
  answered,
  paused,
  onSchedule,
  limited,
  crowded,
  deleted,
  resumed,
  outbox,
  processes,
];

/** Where a round broke a promise; empty when it kept them all. */
export function check(history: RoundHistory): Violation[] {
  return RULES.flatMap((rule) => rule.check(history));
}
