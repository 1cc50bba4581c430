import { endsRun, placedEvents, type StoredRun } from './history.ts';
import type { Interval } from './interval.ts';

/** Times in which a run was paused as a whole, by its own commits. */
export function heldBack(run: StoredRun, untilMs: number): Interval[] {
  const paused: Interval[] = [];
  let fromMs: number | undefined;
  for (const placed of placedEvents(run)) {
    const { event, committedAtMs } = placed;
    if (event.case === 'runPaused' && event.value.nodeId === '') fromMs ??= committedAtMs;
    const goesOn = (event.case === 'runResumed' && event.value.nodeId === '') || endsRun(placed);
    if (!goesOn || fromMs === undefined) continue;
    paused.push({ fromMs, toMs: committedAtMs });
    fromMs = undefined;
  }
  return fromMs === undefined ? paused : [...paused, { fromMs, toMs: untilMs }];
}
