import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

/** Agents that fail a few times, and one that never answers its first call. */
export const retrying: Graph = {
  id: 'retrying',
  share: 3,
  definition: patientWorkflow(
    'retrying',
    [
      agentNode('flaky', 'by-process', { value: '${ input.value }', failures: '${ input.failures }', ms: 10 }),
      agentNode('flaky-too', 'by-grpc', { value: '${ output.flaky.value }', failures: '${ input.failures }', ms: 10 }),
      agentNode(
        'sleepy',
        'by-process',
        { value: '${ output.flaky_too.value }', hangs: '${ input.hangs }' },
        { timeouts: { start_to_close: '1s' } },
      ),
    ],
    [
      ['flaky', 'flaky-too'],
      ['flaky-too', 'sleepy'],
    ],
  ),
  draw(random) {
    const value = drawValue(random);
    const input = { value, failures: random.integer(0, 3), hangs: random.integer(0, 1) };
    return { input, endings: [{ state: 'DONE', output: { value: worked(worked(worked(value))) } }] };
  },
};
