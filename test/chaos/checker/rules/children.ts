import { isDeepStrictEqual } from 'node:util';
import {
  askedChildren,
  childrenByParent,
  endedAtMs,
  endOf,
  isCalled,
  startOf,
  toldChildren,
  type AskedChild,
} from '../family.ts';
import { rule, type Finding, type RoundHistory, type StoredRun } from '../history.ts';
import { overlapMs } from '../interval.ts';
import { REACH_MS } from './cancelled.ts';

/** Child runs are made once, are their parents', and end with them. */
export const children = rule(
  'children',
  `a child run was asked for once by its parent, has its labels, ends before its parent is told so, and at most ${REACH_MS} ms after its parent; it is not cancelled where that was terminated`,
  (history) => {
    const byParent = childrenByParent(history);
    return [...history.runs.values()].flatMap((parent) => [
      ...toldBy(parent, history),
      ...(byParent.get(parent.runId) ?? []).flatMap((child) => ofChild(child, parent, history)),
    ]);
  },
);

function ofChild(child: StoredRun, parent: StoredRun, history: RoundHistory): Finding[] {
  const { runId } = child;
  const findings: Finding[] = [];
  // Those of agents are for the rule `called`.
  if (isCalled(child)) return outlived(child, parent, history);
  const asked = askedChildren(parent).filter(({ childRunId }) => childRunId === runId);
  const link = startOf(child)?.parent;
  const [first] = asked;
  if (first === undefined || asked.length > 1) {
    findings.push({ runId, text: `its parent ${parent.runId} asked for it ${asked.length} times` });
  } else if (link === undefined || link.runId !== parent.runId || placeText(link) !== placeText(first)) {
    const said = link === undefined ? 'of no run' : `${placeText(link)} of ${link.runId}`;
    findings.push({ runId, text: `it says that it is ${said}, and is ${placeText(first)} of ${parent.runId}` });
  }
  if (!isDeepStrictEqual(child.labels, parent.labels)) {
    findings.push({ runId, text: `its labels are not those of its parent ${parent.runId}` });
  }
  return [...findings, ...outlived(child, parent, history)];
}

function outlived(child: StoredRun, parent: StoredRun, history: RoundHistory): Finding[] {
  const fromMs = endedAtMs(parent);
  const childEndMs = endedAtMs(child);
  if (fromMs === undefined || (childEndMs ?? fromMs + 1) <= fromMs) return [];
  const toMs = childEndMs ?? history.observedUntilMs;
  const excused = overlapMs({ fromMs, toMs }, [...history.held, ...history.stalls, ...history.silences]);
  const lateMs = toMs - fromMs - excused;
  const { runId } = child;
  if (lateMs > REACH_MS) {
    return [{ runId, text: `it was open ${Math.round(lateMs)} ms after its parent ${parent.runId} had ended` }];
  }
  // Who terminates a run wants nothing undone. An end that the child was on its way to may have come first.
  const isCancelled = parent.status === 'TERMINATED' && child.status === 'CANCELLED';
  return isCancelled ? [{ runId, text: `it was cancelled, and its parent ${parent.runId} terminated` }] : [];
}

function toldBy(parent: StoredRun, { runs }: RoundHistory): Finding[] {
  const seen = new Set<string>();
  return toldChildren(parent).flatMap((told): Finding[] => {
    const { runId } = parent;
    const place = placeText(told);
    if (seen.has(place)) return [{ runId, text: `it was told twice of the end of ${place}` }];
    seen.add(place);
    const child = runs.get(told.childRunId);
    const end = child && endOf(child);
    if (end === undefined || end.committedAtMs > told.atMs) {
      return [{ runId, text: `it was told of the end of ${place} before ${told.childRunId} had ended` }];
    }
    if (told.succeeded === (end.event.case === 'runDone')) return [];
    return [{ runId, text: `it was told that ${place} ${told.succeeded ? 'succeeded' : 'failed'}: ${end.event.case}` }];
  });
}

function placeText({ nodeId, attempt, index }: Pick<AskedChild, 'nodeId' | 'attempt' | 'index'>): string {
  return `${nodeId}/${attempt}/${index}`;
}
