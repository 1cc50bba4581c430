/** Times in which whoever waits for an agent with a limit has nobody to complain of: the agent works for others. */
import { CALL_LIMITS } from '../load/graphs/crowded.ts';
import type { RoundHistory } from './history.ts';
import { union, type Interval } from './interval.ts';

/** After a call the next one may have to wait for so long, to be begun no faster than the rate allows or to be granted. */
const TURN_MS = 500;

/** Such times, by the node that waits. Other nodes have none. */
export function turnsOfOthers({ calls, observedUntilMs }: RoundHistory): ReadonlyMap<string, readonly Interval[]> {
  return new Map(
    CALL_LIMITS.map(({ agentId, nodeId }) => {
      const own = calls.filter((call) => call.agentId === agentId);
      const worked = own.map(({ startedAtMs: fromMs, endedAtMs = observedUntilMs }) => ({
        fromMs,
        toMs: endedAtMs + TURN_MS,
      }));
      return [nodeId, union(worked)] as const;
    }),
  );
}
