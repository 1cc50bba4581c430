import { rule, type Finding, type StoredRun } from '../history.ts';

/** Run events are gap-free. */
export const gapFree = rule(
  'gap-free',
  'the stored events of a run are numbered 1, 2, 3, … without a gap, and every row holds what it says',
  ({ runs }) => [...runs.values()].flatMap(ofRun),
);

function ofRun({ runId, transitions }: StoredRun): Finding[] {
  const findings: Finding[] = [];
  let next = 1;
  for (const { firstSeq, eventCount, events } of transitions) {
    if (firstSeq !== next) findings.push({ runId, text: `row ${firstSeq} follows event ${next - 1}` });
    if (eventCount !== events.length) {
      findings.push({ runId, text: `row ${firstSeq} says ${eventCount} events and holds ${events.length}` });
    }
    next = firstSeq + eventCount;
  }
  if (transitions.length === 0) findings.push({ runId, text: 'there is no event of it' });
  return findings;
}
