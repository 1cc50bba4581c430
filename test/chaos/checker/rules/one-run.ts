import { isOwn } from '../family.ts';
import { rule, type Finding, type StoredRun } from '../history.ts';

/** A start, or a retry, that is repeated with its request id makes one run. */
export const oneRun = rule(
  'one-run',
  'a start or a retry that is repeated with its request id makes one run and is answered with it each time',
  ({ records, runs }) => {
    const atTheTop = [...runs.values()].filter(({ parentRunId }) => parentRunId === '');
    const byOrder = Map.groupBy(atTheTop, ({ orderId }) => orderId);
    return records.flatMap(({ order, runIds, retryRunIds }) => {
      const ofOrder = byOrder.get(order.id) ?? [];
      const retries = ofOrder.filter((run) => !isOwn(run));
      return [
        ...oneOf(order.id, ofOrder.filter(isOwn), runIds),
        ...oneOf(`the retry of ${order.id}`, retries, retryRunIds),
      ];
    });
  },
);

function oneOf(what: string, runs: readonly StoredRun[], answers: readonly string[]): Finding[] {
  const stored = runs.map(({ runId }) => runId);
  const answered = [...new Set(answers)];
  const findings: Finding[] = [];
  if (stored.length > 1) findings.push({ text: `${what} made ${stored.length} runs: ${stored.join(' ')}` });
  if (answered.length > 1) findings.push({ text: `${what} was answered with ${answered.join(' and ')}` });
  return findings;
}
