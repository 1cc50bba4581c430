import type { TaskHeartbeat } from '@skein/contracts/event';
import type { AgentCall } from '../../agents/journal.ts';
import type { Progress } from '../../agents/script.ts';
import { callsByRun, placedEvents, rule, type Finding, type StoredRun } from '../history.ts';

/** What an agent has said of its progress is not forgotten. */
export const resumed = rule(
  'resumed',
  'an agent is told at least how far it had come by what was committed when its call was decided',
  ({ runs, calls }) => {
    const byRun = callsByRun(calls);
    return [...runs.values()].flatMap((run) => ofRun(run, byRun.get(run.runId) ?? []));
  },
);

function ofRun(run: StoredRun, calls: readonly AgentCall[]): Finding[] {
  const known = lapsByDispatch(run);
  return calls.flatMap(({ runId, nodeId, attempt, dispatch, resumedLap }) => {
    const lap = known.get(`${nodeId}/${attempt}/${dispatch}`) ?? 0;
    if (resumedLap >= lap) return [];
    const text = `${nodeId}, attempt ${attempt}, dispatch ${dispatch} was told of lap ${resumedLap}, and lap ${lap} was committed`;
    return [{ runId, text }];
  });
}

/** Laps that were known to be done when each dispatch was decided, by `NODE/ATTEMPT/DISPATCH`. */
function lapsByDispatch(run: StoredRun): ReadonlyMap<string, number> {
  const laps = new Map<string, number>();
  const found = new Map<string, number>();
  for (const { event } of placedEvents(run)) {
    if (event.case === 'taskHeartbeat') laps.set(event.value.nodeId, lapOf(event.value));
    if (event.case !== 'nodeScheduled' && event.case !== 'taskDispatchLost') continue;
    const { nodeId, attempt } = event.value;
    const dispatch = event.case === 'nodeScheduled' ? 1 : event.value.dispatch + 1;
    found.set(`${nodeId}/${attempt}/${dispatch}`, laps.get(nodeId) ?? 0);
  }
  return found;
}

function lapOf({ resumeDetails }: TaskHeartbeat): number {
  return (JSON.parse(Buffer.from(resumeDetails?.json ?? '{"lap":0}').toString()) as Progress).lap;
}
