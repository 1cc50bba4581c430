import type { AgentCall } from '../../agents/journal.ts';
import { callsByRun, placedEvents, rule, type Finding, type StoredRun } from '../history.ts';

/** Every call is of a dispatch that was decided, and no dispatch reaches an agent twice. */
export const dispatched = rule(
  'dispatched',
  'a call of an agent belongs to a dispatch that the run decided, and no dispatch is called twice',
  ({ runs, calls }) => {
    const byRun = callsByRun(calls);
    return [...runs.values()].flatMap((run) => ofRun(run, byRun.get(run.runId) ?? []));
  },
);

function ofRun(run: StoredRun, calls: readonly AgentCall[]): Finding[] {
  const decided = decidedDispatches(run);
  const seen = new Set<string>();
  const unnumbered = new Map<string, number>();
  return calls.flatMap((call): Finding[] => {
    const attempt = `${call.nodeId}/${call.attempt}`;
    const number = call.dispatch || (unnumbered.get(attempt) ?? 0) + 1;
    // What is called for `rpc` and `tool` nodes is told the attempt alone: its calls are counted.
    if (call.dispatch === 0) unnumbered.set(attempt, number);
    const dispatch = `${attempt}/${number}`;
    const again = seen.has(dispatch);
    seen.add(dispatch);
    if (again) return [{ runId: run.runId, text: `dispatch ${dispatch} reached its agent twice` }];
    if (number <= (decided.get(attempt) ?? 0)) return [];
    return [{ runId: run.runId, text: `dispatch ${dispatch} reached its agent and was never decided` }];
  });
}

/** How many dispatches each attempt had, by `NODE/ATTEMPT`: the first, and one more for each that was lost or answered. */
function decidedDispatches(run: StoredRun): ReadonlyMap<string, number> {
  const decided = new Map<string, number>();
  const current = new Map<string, string>();
  for (const { event } of placedEvents(run)) {
    if (event.case !== 'nodeScheduled' && event.case !== 'taskDispatchLost' && event.case !== 'inputProvided') continue;
    const { nodeId } = event.value;
    const asked = current.get(nodeId) ?? '';
    const attempt = event.case === 'inputProvided' ? asked : `${nodeId}/${event.value.attempt}`;
    current.set(nodeId, attempt);
    decided.set(attempt, (decided.get(attempt) ?? 0) + 1);
  }
  return decided;
}
