import { worked } from '../../agents/script.ts';
import { agentNode, drawValue, patientWorkflow, type Graph } from '../graph.ts';

const LONG_MS = 3_600_000;

/** Two agents of which the run needs one: the slower is told to stop. */
export const race: Graph = {
  id: 'race',
  share: 2,
  definition: patientWorkflow(
    'race',
    [
      agentNode('fast', 'by-grpc', { value: '${ input.value }', ms: '${ input.ms }' }),
      agentNode('slow', 'by-process', { value: 1, ms: LONG_MS }, { timeouts: { start_to_close: '1h' } }),
      agentNode('after', 'by-process', { value: '${ output.fast.value }' }, { join: 'any' }),
    ],
    [
      ['fast', 'after'],
      ['slow', 'after'],
    ],
  ),
  draw(random) {
    const value = drawValue(random);
    const output = { value: worked(worked(value)) };
    return { input: { value, ms: random.integer(50, 800) }, endings: [{ state: 'DONE', output }] };
  },
};
