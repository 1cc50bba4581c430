import { forkedFrom, undoingOf } from '../family.ts';
import { callsByRun, placedEvents, rule, type Finding, type StoredRun } from '../history.ts';

/** What had finished, and was not undone, is not done again by a retry. */
export const reused = rule(
  'reused',
  'a retry takes over what had succeeded and was not undone, and asks no agent again for what it took over',
  ({ runs, calls }) => {
    const byRun = callsByRun(calls);
    return [...runs.values()].flatMap((run): Finding[] => {
      const { runId, parentRunId } = run;
      const source = runs.get(forkedFrom(run));
      const taken = new Set(takenOver(run));
      const called = (byRun.get(runId) ?? []).filter(({ nodeId }) => taken.has(nodeId));
      const again = called.map(({ nodeId }) => ({ runId, text: `${nodeId} was taken over, and its agent was called` }));
      if (source === undefined || parentRunId !== '') return again;
      const missing = finished(source).filter((nodeId) => !taken.has(nodeId));
      return [
        ...again,
        ...missing.map((nodeId) => ({ runId, text: `${nodeId} had succeeded in ${source.runId} and was done again` })),
      ];
    });
  },
);

function takenOver(run: StoredRun): string[] {
  return placedEvents(run).flatMap(({ event }) => (event.case === 'resultReused' ? [event.value.nodeId] : []));
}

/** Nodes of a failed run that had succeeded and were not undone. */
function finished(run: StoredRun): string[] {
  const succeeded = new Set(
    placedEvents(run).flatMap(({ event }) => (event.case === 'nodeSucceeded' ? [event.value.nodeId] : [])),
  );
  const called = placedEvents(run).flatMap(({ event }) =>
    event.case === 'agentInvokeDone' ? [event.value.nodeId] : [],
  );
  return [...new Set(called)].filter(
    (nodeId) => succeeded.has(nodeId) && !succeeded.has(undoingOf(nodeId)) && !nodeId.includes('~'),
  );
}
