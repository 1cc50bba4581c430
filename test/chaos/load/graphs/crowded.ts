import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type CallLimit, type Graph } from '../graph.ts';

/** What the agents with a limit are registered with. */
export const CALL_LIMITS: readonly CallLimit[] = [
  { agentId: 'crowded', nodeId: 'crowd', maxConcurrency: 3 },
  { agentId: 'paced', nodeId: 'pace', rate: { limit: 3, perMs: 500 } },
];

/** Calls of agents that bear only so many at a time, or that many in a time. */
export const crowded: Graph = {
  id: 'crowded',
  share: 5,
  definition: patientWorkflow(
    'crowded',
    [
      agentNode('crowd', 'crowded', {
        value: '${ input.value }',
        ms: '${ input.ms }',
        failures: '${ input.failures }',
      }),
      agentNode('pace', 'paced', { value: '${ output.crowd.value }', failures: '${ input.failures }' }),
    ],
    [['crowd', 'pace']],
  ),
  draw(random) {
    const value = drawValue(random);
    const input = { value, ms: random.integer(100, 1000), failures: random.integer(0, 1) };
    return { input, endings: [{ state: 'DONE', output: { value: worked(worked(value)) } }] };
  },
};
