import { childrenByParent, descendantsOf } from '../family.ts';
import { callsByRun, rule, type RoundHistory } from '../history.ts';
import { overlapMs } from '../interval.ts';
import { REACH_MS } from './cancelled.ts';
import { UNDER_WAY_MS } from './not-again.ts';

/** A paused run begins nothing. */
export const paused = rule(
  'paused',
  `no agent is called for a run later than ${UNDER_WAY_MS} ms after its pause was answered, nor for its child runs later than ${REACH_MS} ms after, until it is resumed`,
  (history) => {
    const byRun = callsByRun(history.calls);
    const byParent = childrenByParent(history);
    return history.records.flatMap(({ pause, runIds: [runId = ''] }) => {
      if (pause === undefined) return [];
      const family = [
        { id: runId, limitMs: UNDER_WAY_MS },
        ...descendantsOf(runId, byParent).map((child) => ({ id: child.runId, limitMs: REACH_MS })),
      ];
      const { acknowledgedAtMs: fromMs, resumedAtMs } = pause;
      return family.flatMap(({ id, limitMs }) =>
        (byRun.get(id) ?? [])
          .filter(({ startedAtMs }) => startedAtMs > fromMs && startedAtMs < resumedAtMs)
          .map((call) => ({ call, lateMs: lateBy(history, fromMs, call.startedAtMs) }))
          .filter(({ lateMs }) => lateMs > limitMs)
          .map(({ call: { nodeId, dispatch }, lateMs }) => ({
            runId: id,
            text: `${nodeId} (dispatch ${dispatch}) was called ${lateMs} ms after the pause of ${runId} was answered`,
          })),
      );
    });
  },
);

/** Without the time in which a call that was under way may have been held up. */
function lateBy({ held, stalls, silences }: RoundHistory, fromMs: number, toMs: number): number {
  return toMs - fromMs - overlapMs({ fromMs, toMs }, [...held, ...stalls, ...silences]);
}
