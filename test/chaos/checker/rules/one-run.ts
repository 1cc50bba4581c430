import { rule, type Finding } from '../history.ts';

/** A start that is repeated with its request id makes one run. */
export const oneRun = rule(
  'one-run',
  'a start that is repeated with its request id makes one run and is answered with it each time',
  ({ records, runs }) => {
    const byOrder = Map.groupBy(runs.values(), ({ orderId }) => orderId);
    return records.flatMap(({ order, runIds }): Finding[] => {
      const stored = (byOrder.get(order.id) ?? []).map(({ runId }) => runId);
      const answered = [...new Set(runIds)];
      const findings: Finding[] = [];
      if (stored.length > 1) findings.push({ text: `${order.id} made ${stored.length} runs: ${stored.join(' ')}` });
      if (answered.length > 1) findings.push({ text: `${order.id} was answered with ${answered.join(' and ')}` });
      return findings;
    });
  },
);
