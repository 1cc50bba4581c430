import { isOpen, rule, type Finding, type RoundHistory } from '../history.ts';

/** An acknowledged run is never lost. */
export const acknowledged = rule(
  'acknowledged',
  'every order is acknowledged in the end, its run is stored, and every run that is stored ends',
  ({ records, runs }) => [...records.flatMap((record) => ofRecord(record, runs)), ...stillOpen(runs)],
);

function stillOpen(runs: RoundHistory['runs']): Finding[] {
  return [...runs.values()].flatMap(({ runId, orderId, status, waitingFor, parentRunId }): Finding[] => {
    if (!isOpen(status)) return [];
    const whose = parentRunId === '' ? orderId || 'a run of a schedule' : `a child run of ${parentRunId}`;
    return [{ runId, text: `${whose} is ${status} and has not ended; it waits for: ${waitingFor || 'nothing'}` }];
  });
}

function ofRecord(record: RoundHistory['records'][number], runs: RoundHistory['runs']): Finding[] {
  const { order, runIds, retryRunIds, refusals, unanswered, deletion } = record;
  const name = `${order.id} (${order.graph.id})`;
  const findings: Finding[] = refusals.map((text) => ({ ...first(runIds), text: `${name} was refused: ${text}` }));
  if (runIds.length === 0 && refusals.length === 0) {
    const reasons = [...unanswered].map(([reason, count]) => `${count} × ${reason}`).join(', ');
    findings.push({ text: `${name} was never acknowledged; its requests ended with: ${reasons}` });
  }
  for (const runId of new Set([...runIds, ...retryRunIds])) {
    if (runs.has(runId) || deletion !== undefined) continue;
    findings.push({ runId, text: `${name} was acknowledged as ${runId}, which is not stored` });
  }
  return findings;
}

function first([runId]: readonly string[]): { runId?: string } {
  return runId === undefined ? {} : { runId };
}
