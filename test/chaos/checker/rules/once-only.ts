import { callsByRun, rule, type Finding } from '../history.ts';

/** Work that must not be done twice is not asked for twice. */
export const onceOnly = rule(
  'at-most-once',
  'the agent of a node with delivery at_most_once is called at most once',
  ({ records, calls }) => {
    const byRun = callsByRun(calls);
    return records.flatMap(({ order, runIds: [runId = ''] }) =>
      (order.graph.onceOnly ?? []).flatMap((nodeId): Finding[] => {
        const ofNode = (byRun.get(runId) ?? []).filter((call) => call.nodeId === nodeId);
        if (ofNode.length <= 1) return [];
        const which = ofNode.map(({ attempt, dispatch }) => `attempt ${attempt}, dispatch ${dispatch}`).join('; ');
        return [{ runId, text: `${nodeId} was called ${ofNode.length} times: ${which}` }];
      }),
    );
  },
);
