import { askedChildren, toldChildren } from '../family.ts';
import { placedEvents, rule, type Finding, type StoredRun } from '../history.ts';

/** A map has an output for each of its items. */
export const everyItem = rule(
  'every-item',
  'a map that succeeded has asked for a child run for each item in their order, and has heard the end of each once',
  ({ runs }) => [...runs.values()].flatMap(ofRun),
);

function ofRun(run: StoredRun): Finding[] {
  const events = placedEvents(run);
  return events.flatMap(({ event }): Finding[] => {
    if (event.case !== 'nodeSucceeded' || event.value.outputCollection === 0) return [];
    const { nodeId, attempt } = event.value;
    const ofNode = (child: { readonly nodeId: string; readonly attempt: number }): boolean =>
      child.nodeId === nodeId && child.attempt === attempt;
    const totals = events.flatMap(({ event: each }) =>
      each.case === 'childRunsStarted' && ofNode(each.value) ? [each.value.total] : [],
    );
    const right = Array.from({ length: totals[0] ?? 0 }, (_, index) => index).join(' ');
    const asked = indicesOf(askedChildren(run).filter(ofNode)).join(' ');
    const told = indicesOf(toldChildren(run).filter(ofNode))
      .toSorted((a, b) => a - b)
      .join(' ');
    if (asked === right && told === right) return [];
    return [{ runId: run.runId, text: `${nodeId} has the items ${right}; it asked for ${asked} and heard of ${told}` }];
  });
}

function indicesOf(children: readonly { readonly index: number }[]): number[] {
  return children.map(({ index }) => index);
}
