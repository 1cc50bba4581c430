import { isDeepStrictEqual } from 'node:util';
import type { SeenRun } from '../../load/record.ts';
import type { Ending } from '../../load/graph.ts';
import { isOpen, rule, type Finding } from '../history.ts';

const SHOWN_CHARS = 300;

/** Every run comes to the end that its definition and its agents' scripts say. */
export const rightEnd = rule(
  'right-end',
  'every run ends as its definition and the scripts of its agents say, and nothing else',
  ({ records, runs }) =>
    records.flatMap(({ order, ends, runIds: [first], retryRunIds: [retry] }) =>
      // A retry does the same again, and so comes to the same.
      [first, retry].flatMap((runId): Finding[] => {
        // Of a run that was deleted there is only what clients were told.
        const told = ends.findLast((end) => end.runId === runId);
        const seen = runId === undefined ? undefined : (runs.get(runId)?.answers.at(-1) ?? told);
        if (runId === undefined || seen === undefined || isOpen(seen.state)) return [];
        if (order.endings.some((ending) => fits(seen, ending))) return [];
        const text = `${order.id} (${order.graph.id}) ended ${endText(seen)}; right is ${order.endings.map(endingText).join(' or ')}`;
        return [{ runId, text }];
      }),
    ),
);

function fits(seen: SeenRun, ending: Ending): boolean {
  if (seen.state !== ending.state) return false;
  switch (ending.state) {
    case 'DONE':
      return isDeepStrictEqual(seen.output, ending.output);
    case 'FAILED':
      return seen.failureCode === ending.code && seen.failedNodeId === ending.nodeId;
    case 'CANCELLED':
    case 'TERMINATED':
      return true;
    default:
      return neverEnds(ending);
  }
}

function endText({ state, output, failureCode, failedNodeId }: SeenRun): string {
  if (state === 'DONE') return `DONE with ${short(output)}`;
  return state === 'FAILED' ? `FAILED with ${failureCode} at ${failedNodeId || 'no node'}` : state;
}

function endingText(ending: Ending): string {
  switch (ending.state) {
    case 'DONE':
      return `DONE with ${short(ending.output)}`;
    case 'FAILED':
      return `FAILED with ${ending.code} at ${ending.nodeId}`;
    case 'CANCELLED':
    case 'TERMINATED':
      return ending.state;
    default:
      return neverEnds(ending);
  }
}

function short(output: unknown): string {
  const text = JSON.stringify(output) ?? 'nothing';
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}… (${text.length} characters)` : text;
}

function neverEnds(ending: never): never {
  throw new RangeError(`unknown ending ${JSON.stringify(ending)}`);
}
