import { rule, type Finding, type RoundHistory } from '../history.ts';

/** An acknowledged run is never lost. */
export const acknowledged = rule(
  'acknowledged',
  'every order is acknowledged in the end, its run is stored, and the run ends',
  ({ records, runs }) => records.flatMap((record) => ofRecord(record, runs)),
);

function ofRecord(record: RoundHistory['records'][number], runs: RoundHistory['runs']): Finding[] {
  const { order, runIds, refusals, unanswered } = record;
  const name = `${order.id} (${order.graph.id})`;
  const findings: Finding[] = refusals.map((text) => ({ ...first(runIds), text: `${name} was refused: ${text}` }));
  if (runIds.length === 0 && refusals.length === 0) {
    const reasons = [...unanswered].map(([reason, count]) => `${count} × ${reason}`).join(', ');
    findings.push({ text: `${name} was never acknowledged; its requests ended with: ${reasons}` });
  }
  for (const runId of new Set(runIds)) {
    const run = runs.get(runId);
    if (run === undefined) findings.push({ runId, text: `${name} was acknowledged as ${runId}, which is not stored` });
    else if (run.status === 'RUNNING') {
      findings.push({ runId, text: `${name} has not ended; it waits for: ${run.waitingFor || 'nothing'}` });
    }
  }
  return findings;
}

function first([runId]: readonly string[]): { runId?: string } {
  return runId === undefined ? {} : { runId };
}
