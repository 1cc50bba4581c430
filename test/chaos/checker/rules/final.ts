import { isDeepStrictEqual } from 'node:util';
import type { SeenRun } from '../../load/record.ts';
import { endsRun, isOpen, placedEvents, rule, type Finding, type RoundHistory, type StoredRun } from '../history.ts';

const STATUS_OF: Readonly<Record<string, string>> = {
  runDone: 'DONE',
  runFailed: 'FAILED',
  runCancelled: 'CANCELLED',
  runTerminated: 'TERMINATED',
};

/** Terminal states are final, of runs and of nodes. */
export const final = rule(
  'final',
  'nothing follows the end of a run, no node ends twice, and an end that was once told stays as it was',
  (history) => {
    const told = toldEnds(history);
    return [...history.runs.values()].flatMap((run) => [
      ...endOf(run),
      ...nodesOf(run),
      ...toldOf(run, told.get(run.runId) ?? []),
    ]);
  },
);

function endOf(run: StoredRun): Finding[] {
  const { runId, status } = run;
  const events = placedEvents(run);
  const ends = events.filter(endsRun);
  const [end, second] = ends;
  if (second !== undefined) return [{ runId, text: `it ends twice, at ${ends.map(({ seq }) => seq).join(' and ')}` }];
  if (end === undefined) return isOpen(status) ? [] : [{ runId, text: `it is ${status} without an end` }];
  const findings: Finding[] = [];
  if (end !== events.at(-1)) findings.push({ runId, text: `events follow its end at ${end.seq}` });
  const right = STATUS_OF[end.event.case ?? ''];
  if (right !== status) findings.push({ runId, text: `its row says ${status}, its events ${right}` });
  return findings;
}

function nodesOf(run: StoredRun): Finding[] {
  const ended = placedEvents(run).flatMap(({ event }) => {
    switch (event.case) {
      case 'nodeSucceeded':
      case 'nodeFailed':
      case 'nodeSkipped':
      case 'nodeCancelled':
        return [event.value.nodeId];
      default:
        return [];
    }
  });
  const twice = ended.filter((nodeId, index) => ended.indexOf(nodeId) !== index);
  return twice.map((nodeId) => ({ runId: run.runId, text: `node ${nodeId} ends twice` }));
}

/** Ends that clients were told, by run. */
function toldEnds({ records }: RoundHistory): ReadonlyMap<string, readonly SeenRun[]> {
  return Map.groupBy(
    records.flatMap(({ ends }) => ends),
    ({ runId }) => runId,
  );
}

function toldOf({ runId, answers }: StoredRun, told: readonly SeenRun[]): Finding[] {
  const [first, ...later] = [...told, ...answers];
  if (first === undefined || told.length === 0) return [];
  const changed = later.find((answer) => !isDeepStrictEqual(answer, first));
  if (changed === undefined) return [];
  return [
    {
      runId,
      text: `it was told as ${first.state} at ${first.lastSeq}, later as ${changed.state} at ${changed.lastSeq}`,
    },
  ];
}
