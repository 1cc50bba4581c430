import { GRAPHS } from '../../load/graphs/all.ts';
import { endOf, startOf, undoingOf } from '../family.ts';
import { placedEvents, rule, type Finding, type StoredRun } from '../history.ts';

/** What the workflows within others undo, by their ids. */
const UNDOES = new Map(GRAPHS.flatMap(({ within = [] }) => within.map(({ id, undoes }) => [id, undoes] as const)));

/** What a run did is undone when it fails or is cancelled, and only then. */
export const undone = rule(
  'undone',
  'in a run that failed or was cancelled every node with compensate that succeeded is undone once, the latest first and one at a time; in others none is; so it is in child runs that run a workflow',
  ({ records, runs }) => {
    const ofRecords = records.flatMap(({ order, runIds: [first = ''], retryRunIds: [retry = ''] }) =>
      [first, retry].flatMap((runId) => {
        const run = runs.get(runId);
        return run === undefined ? [] : ofRun(run, order.graph.undoes ?? []);
      }),
    );
    const ofChildren = [...runs.values()].flatMap((run) =>
      run.parentRunId === '' ? [] : ofRun(run, UNDOES.get(startOf(run)?.workflowId ?? '') ?? []),
    );
    return [...ofRecords, ...ofChildren];
  },
);

function ofRun(run: StoredRun, undoes: readonly string[]): Finding[] {
  const { runId } = run;
  const end = endOf(run)?.event.case;
  if (end === undefined) return [];
  const undoings = new Set(undoes.map(undoingOf));
  const succeeded: string[] = [];
  const steps: string[] = [];
  for (const { event } of placedEvents(run)) {
    switch (event.case) {
      case 'nodeScheduled':
        // Further attempts are of the same undoing.
        if (undoings.has(event.value.nodeId) && event.value.attempt === 1) steps.push(`${event.value.nodeId} begins`);
        break;
      case 'nodeSucceeded':
      case 'nodeFailed':
        if (undoings.has(event.value.nodeId)) steps.push(`${event.value.nodeId} ends`);
        else if (event.case === 'nodeSucceeded' && undoes.includes(event.value.nodeId))
          succeeded.push(event.value.nodeId);
        break;
      default:
    }
  }
  const isUndone = end === 'runFailed' || end === 'runCancelled';
  const wanted = isUndone ? succeeded.toReversed().map(undoingOf) : [];
  const right = wanted.flatMap((nodeId) => [`${nodeId} begins`, `${nodeId} ends`]);
  if (steps.join(', ') === right.join(', ')) return [];
  return [{ runId, text: `it ended with ${end}; it was undone as: ${textOf(steps)}; right is: ${textOf(right)}` }];
}

function textOf(steps: readonly string[]): string {
  return steps.length === 0 ? 'nothing' : steps.join(', ');
}
