import { CALL_LABEL } from '../../agents/child-calls.ts';
import { calledChildren, endOf, startOf } from '../family.ts';
import { endsRun, placedEvents, rule, type Finding, type RoundHistory, type StoredRun } from '../history.ts';
import { overlapMs } from '../interval.ts';
import { REACH_MS } from './cancelled.ts';

/** What agents start with the tokens of their calls is theirs, and ends with their nodes. */
export const called = rule(
  'called',
  `a run that an agent starts twice under one request id is one; it begins while its node is at work, and ends at most ${REACH_MS} ms after it: cancelled, or terminated with its parent`,
  (history) =>
    [...calledChildren(history)].flatMap(([parentRunId, ofParent]) => {
      const parent = history.runs.get(parentRunId);
      const byCall = Map.groupBy(ofParent, (child) => `${nodeOf(child)}/${child.labels[CALL_LABEL] ?? ''}`);
      const again = [...byCall].flatMap(([place, [first, ...others]]) =>
        others.map(({ runId }) => ({ runId, text: `${place} of ${parentRunId} is ${first?.runId} already` })),
      );
      return [...again, ...(parent === undefined ? [] : ofParent.flatMap((child) => ofChild(child, parent, history)))];
    }),
);

function ofChild(child: StoredRun, parent: StoredRun, history: RoundHistory): Finding[] {
  const { runId } = child;
  const nodeId = nodeOf(child);
  const [begun] = child.transitions;
  const fromMs = scheduledAtMs(parent, nodeId);
  const nodeEndMs = nodeEndedAtMs(parent, nodeId);
  if (fromMs === undefined || begun === undefined || begun.committedAtMs < fromMs) {
    return [{ runId, text: `it began before ${nodeId} of ${parent.runId} was at work` }];
  }
  if (nodeEndMs === undefined) return [];
  const end = endOf(child);
  const toMs = end?.committedAtMs ?? history.observedUntilMs;
  if (toMs <= nodeEndMs) return [];
  const excused = [...history.held, ...history.stalls, ...history.silences];
  const lateMs = toMs - nodeEndMs - overlapMs({ fromMs: nodeEndMs, toMs }, excused);
  if (lateMs > REACH_MS) {
    return [{ runId, text: `it was open ${Math.round(lateMs)} ms after ${nodeId} of ${parent.runId} had ended` }];
  }
  return [];
}

function nodeOf(child: StoredRun): string {
  return startOf(child)?.parent?.nodeId ?? '';
}

function scheduledAtMs(run: StoredRun, id: string): number | undefined {
  return placedEvents(run).find(({ event }) => event.case === 'nodeScheduled' && event.value.nodeId === id)
    ?.committedAtMs;
}

/** When a node was at its end, or its run. */
function nodeEndedAtMs(run: StoredRun, id: string): number | undefined {
  return placedEvents(run).find((placed) => {
    const { event } = placed;
    switch (event.case) {
      case 'nodeSucceeded':
      case 'nodeFailed':
      case 'nodeSkipped':
      case 'nodeCancelled':
        return event.value.nodeId === id;
      // What is open then is cancelled.
      case 'runFailing':
      case 'runCancelling':
        return true;
      default:
        return endsRun(placed);
    }
  })?.committedAtMs;
}
